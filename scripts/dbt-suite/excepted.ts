/** Tests that pass with Python dbt and that tsdbt need not pass, with the reason. */
export const EXCEPTED: { tests: RegExp; reason: string }[] = [
  { tests: /test_python_model\.py/, reason: "Python models need Python (COMPATIBILITY.md)" },
];
