declare module "wgsl-preprocessor/wgsl-preprocessor.js" {
  /** Template tag that resolves #if, #elif, #else and #endif; the value after a condition says whether it holds. */
  export function wgsl(strings: readonly string[], ...values: unknown[]): string;
}
