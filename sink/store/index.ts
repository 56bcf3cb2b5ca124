export { type Claims, claimsIn } from "./claims.ts";
export { connectStore, type Store } from "./s3.ts";
