import { z } from 'zod';
import type { Migration } from './define.ts';

/** A parameter of a migration, in words. */
export interface ParameterWords {
  readonly name: string;
  readonly description: string;
  readonly fallback: string;
  /** The values it may have, or empty. */
  readonly allowed: string;
}

/** The parameters of a migration, as its schema says them. */
export function parametersOf({ params }: Pick<Migration, 'params'>): readonly ParameterWords[] {
  const schema = z.toJSONSchema(params, { io: 'input', unrepresentable: 'any' }) as {
    readonly properties?: Readonly<
      Record<string, { readonly description?: string; readonly default?: unknown; readonly enum?: readonly unknown[] }>
    >;
  };
  return Object.entries(schema.properties ?? {}).map(([name, property]) => ({
    name,
    description: property.description ?? '',
    fallback: String(property.default ?? 'none'),
    allowed: (property.enum ?? []).map(String).join(', '),
  }));
}
