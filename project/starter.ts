/**
 * The files of a new project by path: a small shop whose seeds, models and tests build on DuckDB at once.
 */
export function starterFiles(name: string, profile: string | null): { [path: string]: string } {
  return {
    "dbt_project.yml": `name: ${name}
version: "1.0.0"
config-version: 2
${
  profile
    ? `profile: ${profile}`
    : `# No profile: is named, so tables are built into ${name}.duckdb in this folder.
# For another warehouse name a profile of profiles.yml here:
# profile: ${name}`
}

model-paths: [models]
seed-paths: [seeds]
test-paths: [tests]
macro-paths: [macros]

clean-targets: [target, dbt_packages]

models:
  ${name}:
    staging:
      +materialized: view
    marts:
      +materialized: table
`,
    ".gitignore": `target/
dbt_packages/
logs/
*.duckdb
*.duckdb.wal
`,
    "README.md": `# ${name}

    tsdbt build                          # seeds, models and tests
    tsdbt show --select customer_orders  # a look at the result

| Folder | What is in it |
|---|---|
| seeds/ | rows as CSV files, loaded as tables |
| models/staging/ | the rows cleaned, one view a source |
| models/marts/ | tables for those who ask the questions |
| macros/ | SQL written once and used in many models |
| tests/ | queries that must find nothing |

Descriptions and tests of columns stand beside the models in .yml files.
`,
    "seeds/raw_customers.csv": `id,first_name,last_name,country
1,Ada,Lindqvist,SE
2,Bruno,Ferreira,PT
3,Chiara,Conti,IT
4,Dmitri,Sokolov,EE
5,Esi,Mensah,GH
`,
    "seeds/raw_orders.csv": `id,customer_id,ordered_at,status,amount_cents
101,1,2025-01-04,completed,2590
102,2,2025-01-05,completed,1200
103,1,2025-01-11,returned,890
104,3,2025-01-12,completed,4375
105,4,2025-01-20,placed,1999
106,2,2025-02-02,completed,650
107,1,2025-02-03,shipped,3100
108,3,2025-02-14,completed,2240
`,
    "seeds/seeds.yml": `seeds:
  - name: raw_customers
    description: Customers as the shop's system exports them.
  - name: raw_orders
    description: Orders as the shop's system exports them; amounts in cents.
    config:
      column_types:
        ordered_at: date
`,
    "macros/cents_to_money.sql": `{% macro cents_to_money(column) -%}
    cast({{ column }} as decimal(12, 2)) / 100
{%- endmacro %}
`,
    "models/staging/stg_customers.sql": `select
    id as customer_id,
    first_name || ' ' || last_name as customer_name,
    country
from {{ ref('raw_customers') }}
`,
    "models/staging/stg_orders.sql": `select
    id as order_id,
    customer_id,
    ordered_at,
    status,
    {{ cents_to_money('amount_cents') }} as amount
from {{ ref('raw_orders') }}
`,
    "models/staging/staging.yml": `models:
  - name: stg_customers
    description: One row a customer.
    columns:
      - name: customer_id
        data_tests: [unique, not_null]

  - name: stg_orders
    description: One row an order, returned ones included.
    columns:
      - name: order_id
        data_tests: [unique, not_null]
      - name: customer_id
        data_tests:
          - relationships:
              arguments:
                to: ref('stg_customers')
                field: customer_id
      - name: status
        data_tests:
          - accepted_values:
              arguments:
                values: [placed, shipped, completed, returned]
`,
    "models/marts/customer_orders.sql": `select
    customers.customer_id,
    customers.customer_name,
    customers.country,
    count(orders.order_id) as orders,
    min(orders.ordered_at) as first_ordered_at,
    coalesce(sum(orders.amount), 0) as amount
from {{ ref('stg_customers') }} as customers
left join {{ ref('stg_orders') }} as orders
    on orders.customer_id = customers.customer_id
    and orders.status <> 'returned'
group by 1, 2, 3
`,
    "models/marts/marts.yml": `models:
  - name: customer_orders
    description: One row a customer, with what was ordered and kept.
    columns:
      - name: customer_id
        description: The customer.
        data_tests: [unique, not_null]
      - name: amount
        description: Total of the orders that were not returned.
        data_tests: [not_null]
`,
    "tests/no_negative_amounts.sql": `-- A test fails when its query finds rows.
select order_id, amount
from {{ ref('stg_orders') }}
where amount < 0
`,
  };
}
