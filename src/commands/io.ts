/** What a command needs of the world around it; built by cli.ts, faked by tests. */
export interface CommandIo {
  stdout(text: string): void;
  stderr(text: string): void;
  readonly stdoutIsTerminal: boolean;
  readonly stderrIsTerminal: boolean;
  readonly stdinIsTerminal: boolean;
  readonly columns: number;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly pid: number;
  now(): Date;
  /** Asks a yes-or-no question on the terminal. */
  confirm(question: string): Promise<boolean>;
  /** Calls `listener` on SIGINT, SIGTERM and SIGHUP until the function returned is called. */
  onSignal(listener: (signal: NodeJS.Signals) => void): () => void;
}
