export { keepRun } from "./data/index.ts";
export { writeSite } from "./publish/write.ts";
export { serveDocs } from "./serve/serve.ts";
