/** Reads JSON, with the comments and trailing commas that tools take, and edits it by span. Pure. */

export { addJsonEntry, addJsonItem, jsonString, replaceJson } from './json/edit.ts';
export {
  type JsonDocument,
  type JsonEntry,
  type JsonList,
  type JsonNode,
  type JsonObject,
  type JsonResult,
  type JsonScalar,
  jsonNodeAt,
  readJson,
} from './json/read.ts';
