import {
  type PyNode,
  type PythonCode,
  pythonAncestors,
  pythonChild,
  pythonChildren,
  pythonString,
  walkPython,
} from '../../../src/authoring.ts';
import { isIn, OLD_MODULE } from './names.ts';

/** Calls whose string argument is a module or something in one, by the last part of their name. */
const MODULE_CALLS = new Set([
  'import_module',
  'importorskip',
  '__import__',
  'find_spec',
  'find_loader',
  'reload',
  'run_module',
  'ModuleType',
  'ModuleSpec',
  'patch',
  'multiple',
  'setattr',
  'delattr',
  'setitem',
  'delitem',
  'getLogger',
  'get_logger',
  'getChild',
  'disable_logger',
  'set_level',
  'at_level',
  'LazyLoader',
  'lazy_import',
  'collect_all',
  'collect_submodules',
  'collect_data_files',
  'collect_dynamic_libs',
  'copy_metadata',
  'files',
  'as_file',
  'resource_filename',
  'read_text',
  'import_from_string',
  'import_string',
  'locate',
  'resolve_name',
  'spec_from_loader',
  'spec_from_file_location',
  'packages_distributions',
  'add_module_names',
  'getmodule',
  'assertLogs',
  'assertNoLogs',
]);
const DISTRIBUTION_CALLS = new Set([
  'version',
  'distribution',
  'metadata',
  'requires',
  'files',
  'get_distribution',
  'require',
  'copy_metadata',
  'entry_points',
  'collect_all',
  'collect_entry_point',
]);
/** Lists whose strings are modules, by the name that they are given to. */
const MODULE_LISTS =
  /^(?:hidden_?imports|hiddenimports|excluded_?imports|includes|excludes|packages|modules|module_names|required_modules|optional_modules|third_party|known_third_party|autodoc_mock_imports|dependencies_to_check|imports|required_imports|mock_modules|mocked_modules|skip_modules|extensions)$/i;
const TYPED_CALLS = new Set(['cast', 'TypeVar', 'ForwardRef', 'NewType', 'TypeAliasType']);
const MEMBER_CALLS = new Set(['getattr', 'hasattr', 'setattr', 'delattr', 'object', 'patch_object']);

function sourceOf(text: string, node: PyNode): string {
  return text.slice(node.start, node.end);
}

/** The last part of the name of the call that `node` is an argument of, and its place among the arguments; null where it is none. */
function callAround(
  text: string,
  node: PyNode,
): { readonly call: PyNode; readonly name: string; readonly callee: string } | null {
  const holder = node.parent?.type === 'keyword_argument' ? node.parent : node;
  const list = holder.parent;
  const call = list?.type === 'argument_list' ? list.parent : null;
  const callee = call?.type === 'call' ? pythonChild(call, 'function') : undefined;
  if (call === null || call === undefined || callee === undefined) return null;
  const source = sourceOf(text, callee).replace(/\s/g, '');
  return { call, callee: source, name: source.split('.').at(-1) ?? '' };
}

/** Whether something loads, patches or looks up a module by the string. */
export function isLoaded(text: string, node: PyNode, kind: 'module' | 'distribution'): boolean {
  const call = callAround(text, node);
  if (kind === 'distribution') return call !== null && DISTRIBUTION_CALLS.has(call.name);
  if (call !== null && (MODULE_CALLS.has(call.name) || /(?:^|\.)patch(?:\.|$)|sys\.modules\./.test(call.callee)))
    return true;
  return isModuleKey(text, node) || isModuleItem(text, node);
}

/** `sys.modules["…"]`, `"…" in sys.modules`, keys of what goes into `sys.modules` or configures loggers. */
function isModuleKey(text: string, node: PyNode): boolean {
  const { parent } = node;
  if (parent?.type === 'subscript') return /(?:^|\.)modules$/.test(sourceOf(text, parent.children[0] ?? parent));
  if (parent?.type === 'comparison_operator')
    return /\bsys\.modules\b|__module__|\b__package__\b|\.module\b/.test(sourceOf(text, parent));
  if (parent?.type !== 'pair' || node.field !== 'key') return false;
  for (const above of pythonAncestors(parent)) {
    if (above.type === 'pair' && /loggers/.test(sourceOf(text, pythonChild(above, 'key') ?? above))) return true;
    if (above.type === 'call')
      return /sys\.modules|patch\.dict|LOGGING|dictConfig/.test(sourceOf(text, above).slice(0, 200));
    if (above.type === 'assignment')
      return /sys\.modules|loggers/i.test(sourceOf(text, pythonChild(above, 'left') ?? above));
    if (above.type === 'block' || above.type === 'module') return false;
  }
  return false;
}

/** An item of a list that holds modules, by the name it is given to. */
function isModuleItem(text: string, node: PyNode): boolean {
  const list = node.parent;
  if (list === null || !/^(?:list|tuple|set)$/.test(list.type)) return false;
  const holder = list.parent;
  if (holder?.type === 'for_statement')
    return /import_module|__import__|find_spec|sys\.modules|importorskip/.test(sourceOf(text, holder));
  const name =
    holder?.type === 'keyword_argument'
      ? pythonChild(holder, 'name')
      : holder?.type === 'assignment' || holder?.type === 'augmented_assignment'
        ? pythonChild(holder, 'left')
        : undefined;
  return name !== undefined && MODULE_LISTS.test(sourceOf(text, name).split('.').at(-1) ?? '');
}

/** Whether the string is read as a type: an annotation, or an argument of a call that takes one. */
export function isTypeText(text: string, node: PyNode): boolean {
  for (const above of pythonAncestors(node)) {
    if (above.type === 'type') return true;
    if (above.type === 'argument_list') {
      const [first] = pythonChildren(above);
      const callee = above.parent === null ? undefined : pythonChild(above.parent, 'function');
      const name = callee === undefined ? '' : (sourceOf(text, callee).split('.').at(-1) ?? '');
      const isFirst = first !== undefined && first.start <= node.start && node.end <= first.end;
      const isBound = [...pythonAncestors(node)].some(
        (one) => one.type === 'keyword_argument' && /^bound\s*=/.test(sourceOf(text, one)),
      );
      return TYPED_CALLS.has(name) && (name === 'TypeVar' || name === 'NewType' ? !isFirst || isBound : isFirst);
    }
    if (above.type === 'subscript' && node.field !== 'value' && isTypeAlias(text, above)) return true;
    if (/_statement$|^block$|^module$|^(?:dictionary|list|tuple|call)$/.test(above.type)) return false;
  }
  return false;
}

/** `Handler = Callable[["ClaudeCodeOptions"], None]`. */
function isTypeAlias(text: string, subscript: PyNode): boolean {
  const value = pythonChild(subscript, 'value');
  return /(?:^|\.)(?:Optional|Union|List|Dict|Callable|Annotated|Type|list|dict|type|tuple|Tuple|Sequence|Iterable|Awaitable|ClassVar)$/.test(
    value === undefined ? '' : sourceOf(text, value),
  );
}

/** The object whose member the string names: `setattr(sdk, "…")`, `patch.object(sdk, "…")`; `class-name` where it is compared with the name of a class. */
export function namesMember(text: string, node: PyNode): PyNode | 'class-name' | null {
  if (node.parent?.type === 'comparison_operator' && /\b__(?:qual)?name__\b/.test(sourceOf(text, node.parent)))
    return 'class-name';
  const call = callAround(text, node);
  const [first, second] = call === null ? [] : pythonChildren(pythonChild(call.call, 'arguments') ?? call.call);
  return call !== null && MEMBER_CALLS.has(call.name) && second === node ? (first ?? null) : null;
}

const PATCHES = /^(?:patch|multiple|setattr|delattr|setitem|delitem|setdefault|__setitem__)$/;

/** Whether the string names what something else is put in the place of: a module in `sys.modules`, or what is patched. */
export function isStandIn(text: string, node: PyNode): boolean {
  const { parent } = node;
  if (parent?.type === 'subscript') return parent.field === 'left' && isModuleKey(text, node);
  if (parent?.type === 'pair') return isModuleKey(text, node);
  const call = callAround(text, node);
  if (call === null) return false;
  return PATCHES.test(call.name) || /(?:^|\.)patch(?:\.|$)/.test(call.callee);
}

/** Variables that a test puts in the place of the module: `sys.modules["claude_code_sdk"] = fake`, `fake = ModuleType("claude_code_sdk")`. */
export function fakeModules(code: PythonCode): ReadonlySet<string> {
  const { text, root } = code;
  const found = new Set<string>();
  for (const node of walkPython(root)) {
    if (node.type !== 'string' || !isIn(OLD_MODULE, pythonString(text, node) ?? '')) continue;
    const value = standIn(text, node);
    if (value?.type === 'identifier') found.add(sourceOf(text, value));
  }
  return found;
}

function standIn(text: string, node: PyNode): PyNode | undefined {
  const { parent } = node;
  if (parent?.type === 'pair' && isModuleKey(text, node)) return pythonChild(parent, 'value');
  if (parent?.type === 'subscript' && parent.parent?.type === 'assignment' && parent.field === 'left') {
    return pythonChild(parent.parent, 'right');
  }
  const call = callAround(text, node);
  if (call === null) return undefined;
  const args = pythonChildren(pythonChild(call.call, 'arguments') ?? call.call);
  if (/^(?:setitem|setdefault|__setitem__)$/.test(call.name)) return args[args.indexOf(node) + 1];
  const assignment = call.call.parent;
  return call.name === 'ModuleType' && assignment?.type === 'assignment' ? pythonChild(assignment, 'left') : undefined;
}

/** A keyword that makes a member of a stand-in: `fake = SimpleNamespace(ClaudeCodeOptions=…)`, `patch.multiple("claude_code_sdk", ClaudeCodeOptions=…)`. */
export function isFakeKeyword(text: string, node: PyNode, fakes: ReadonlySet<string>): boolean {
  if (node.parent?.type !== 'keyword_argument' || node.field !== 'name') return false;
  const list = node.parent.parent;
  const call = list?.parent;
  if (list === null || call?.type !== 'call') return false;
  const [first] = pythonChildren(list);
  if (first?.type === 'string' && isIn(OLD_MODULE, pythonString(text, first) ?? '')) return true;
  const left = call.parent?.type === 'assignment' ? pythonChild(call.parent, 'left') : undefined;
  if (left !== undefined && fakes.has(sourceOf(text, left))) return true;
  const key = left?.type === 'subscript' ? pythonChild(left, 'subscript') : undefined;
  if (key !== undefined && isModuleKey(text, key)) return isIn(OLD_MODULE, pythonString(text, key) ?? '');
  const pair = call.parent?.type === 'pair' ? pythonChild(call.parent, 'key') : undefined;
  return pair !== undefined && isModuleKey(text, pair) && isIn(OLD_MODULE, pythonString(text, pair) ?? '');
}
