/** What `import 'zod'` is for a migration that has none installed beside it: built as a file of its own. */
export * from 'zod';
