/**
 * What the compiler has to know of the language itself to follow a value: no real library is read, so that no
 * `node_modules` is needed and reading starts at once.
 */
export const LIBRARY = `
interface Array<T> {
  [index: number]: T; length: number;
  push(...items: T[]): number; concat(...items: any[]): T[]; filter(test: any): T[]; join(separator?: string): string;
  map<U>(change: (item: T, index: number) => U): U[]; forEach(visit: (item: T, index: number) => void): void;
  find(test: (item: T) => unknown): T | undefined; slice(start?: number, end?: number): T[];
}
interface ReadonlyArray<T> extends Array<T> {}
interface Boolean {}
interface CallableFunction extends Function {}
interface Function { bind(self: any, ...rest: any[]): any; call(self: any, ...rest: any[]): any; apply(self: any, rest?: any): any; }
interface IArguments {}
interface NewableFunction extends Function {}
interface Number { toString(): string; }
interface Object {}
interface RegExp {}
interface String { length: number; trim(): string; toLowerCase(): string; toUpperCase(): string; concat(...parts: string[]): string; replace(a: any, b: any): string; slice(start?: number, end?: number): string; toString(): string; }
interface Symbol {}
interface TemplateStringsArray extends Array<string> {}
interface Error { name: string; message: string; }
interface SymbolConstructor { readonly asyncIterator: unique symbol; readonly iterator: unique symbol; }
declare var Symbol: SymbolConstructor;
interface PromiseLike<T> { then<A = T, B = never>(done?: ((value: T) => A | PromiseLike<A>) | null, failed?: ((reason: any) => B | PromiseLike<B>) | null): PromiseLike<A | B>; }
interface Promise<T> { then<A = T, B = never>(done?: ((value: T) => A | PromiseLike<A>) | null, failed?: ((reason: any) => B | PromiseLike<B>) | null): Promise<A | B>; catch<B = never>(failed?: any): Promise<T | B>; finally(done?: any): Promise<T>; }
interface PromiseConstructor { resolve<T>(value: T): Promise<T>; all<T extends readonly unknown[]>(values: T): Promise<{ -readonly [P in keyof T]: Awaited<T[P]> }>; }
declare var Promise: PromiseConstructor;
interface AsyncIterable<T> { [Symbol.asyncIterator](): any; }
interface AsyncGenerator<T, R, N> extends AsyncIterable<T> {}
interface AsyncIterator<T> {}
interface Iterable<T> { [Symbol.iterator](): any; }
interface Generator<T, R, N> extends Iterable<T> {}
interface Map<K, V> { get(key: K): V | undefined; set(key: K, value: V): this; }
interface Set<T> { has(item: T): boolean; }
interface ObjectConstructor { freeze<T>(value: T): Readonly<T>; assign<T, U>(target: T, source: U): T & U; assign(target: any, ...sources: any[]): any; keys(value: any): string[]; }
declare var Object: ObjectConstructor;
declare function structuredClone<T>(value: T): T;
type Awaited<T> = T extends null | undefined ? T : T extends { then(done: infer F, ...rest: any): any } ? (F extends (value: infer V, ...rest: any) => any ? Awaited<V> : never) : T;
type Partial<T> = { [P in keyof T]?: T[P] };
type Required<T> = { [P in keyof T]-?: T[P] };
type Readonly<T> = { readonly [P in keyof T]: T[P] };
type Pick<T, K extends keyof T> = { [P in K]: T[P] };
type Record<K extends keyof any, T> = { [P in K]: T };
type Exclude<T, U> = T extends U ? never : T;
type Extract<T, U> = T extends U ? T : never;
type Omit<T, K extends keyof any> = Pick<T, Exclude<keyof T, K>>;
type NonNullable<T> = T & {};
type Parameters<T extends (...rest: any) => any> = T extends (...rest: infer P) => any ? P : never;
type ReturnType<T extends (...rest: any) => any> = T extends (...rest: any) => infer R ? R : any;
`;
