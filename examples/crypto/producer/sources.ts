import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";

/** A price as the pipeline takes it: one JSON object. */
export interface Price {
  id: number | string;
  symbol: string;
  /** The JSON text to send, with the numbers as they came. */
  text: string;
}

/** Where prices come from. Write another one for another API. */
export type PriceSource = AsyncIterable<Price>;

/** The lines of a file. */
export async function* filePrices(file: string): PriceSource {
  for await (const text of createInterface({ input: createReadStream(file) })) {
    if (!text) continue;
    const { id, symbol } = JSON.parse(text) as Price;
    yield { id, symbol, text };
  }
}

interface Quote {
  id: string;
  symbol: string;
  name: string;
  current_price: number;
  market_cap?: number;
  total_volume?: number;
  last_updated: string;
}

/** An API that answers with an array of quotes, as CoinGecko's /coins/markets does; asked every so many seconds. */
export async function* apiPrices(url: string, everySeconds: number): PriceSource {
  for (;;) {
    const answer = await fetch(url, { signal: AbortSignal.timeout(20_000) });
    if (!answer.ok) throw new Error(`${url} answered ${answer.status}`);
    for (const quote of (await answer.json()) as Quote[]) {
      const { id, symbol, name, current_price: price, market_cap, total_volume: volume_24h, last_updated } = quote;
      const row = { id, symbol: symbol.toUpperCase(), name, price, market_cap, volume_24h, last_updated };
      yield { id, symbol: row.symbol, text: JSON.stringify(row) };
    }
    await sleep(everySeconds * 1000);
  }
}
