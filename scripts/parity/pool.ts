/** What `work` answers for each item, in the items' order; at most `jobs` of them are at work at a time. */
export async function inParallel<T, R>(
  items: readonly T[],
  jobs: number,
  work: (item: T, worker: number) => Promise<R>,
): Promise<R[]> {
  const answers: R[] = [];
  let next = 0;
  const worker = async (number: number) => {
    while (next < items.length) {
      const at = next++;
      answers[at] = await work(items[at]!, number);
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, Math.min(jobs, items.length)) }, (_, i) => worker(i)));
  return answers;
}
