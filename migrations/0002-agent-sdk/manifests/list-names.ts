/** Keys under which tools keep lists of packages, or objects with packages as keys. */
export const LIST_KEYS =
  /^(?:externals?|noExternal|alwaysBundle|neverBundle|bundle|include|exclude|serverExternalPackages|serverComponentsExternalPackages|transpilePackages|dedupe|onlyBuiltDependencies|neverBuiltDependencies|ignoredBuiltDependencies|trustedDependencies|bundledDependencies|bundleDependencies|ignoreDependencies|allowlist|allowList|nodeExternals|paths|patterns|name|inline|inlineDeps|fallback|alias|moduleNameMapper|optimizeDeps|packages|core-modules|ignore|catalog|catalogs|overrides)$/;
