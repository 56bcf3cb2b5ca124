{{ config(materialized="ephemeral") }}
{# What the others read: changes with `round`. #}
select id, name, cast(amount as decimal(12,2)) as amount, tags, day
from (
  values
    (1, 'ann', 10.5, array['x'], date '2024-01-01'),
    (2, 'bob', {{ 19.5 + var('round') }}, array['x', 'y'], date '2024-01-02'),
    ({{ 3 if var('round') == 1 else 4 }}, 'cyd', {{ var('round') }}, array['z'], date '2024-01-03')
) as t (id, name, amount, tags, day)
