/** Where `print_table` and its like print; a host may put another writer in. */
export const output: { write: (text: string) => void } = {
  write: (text) => {
    process.stdout.write(text);
  },
};
