import { expect, it } from "vitest";
import { outputPath } from "../../../core/context/execution/output-files.ts";

const node = (resource_type: string, name: string, path: string, original_file_path: string) => ({
  resource_type,
  name,
  path,
  original_file_path,
  package_name: "shop",
});

it.each([
  [node("model", "orders", "staging/orders.sql", "models/staging/orders.sql"), "run/shop/models/staging/orders.sql"],
  [node("test", "nn_id", "nn_id.sql", "models/schema.yml"), "run/shop/models/schema.yml/nn_id.sql"],
  [node("snapshot", "prices", "prices.sql", "snapshots/prices.sql"), "run/shop/snapshots/prices.sql/prices.sql"],
  [
    node("operation", "h", "hooks/shop-on-run-start-0.sql", "./dbt_project.yml"),
    "run/shop/dbt_project.yml/hooks/shop-on-run-start-0.sql",
  ],
])("writes %j", (given, path) => expect(outputPath(given, "run")).toBe(path));
