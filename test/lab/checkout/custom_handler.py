from providers.echo_claude import EchoClaude

my_custom_llm = EchoClaude()
