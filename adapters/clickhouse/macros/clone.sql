{#- Only tables of the MergeTree family can be cloned; a distributed one, or one of another engine, becomes a view. -#}
{% macro clickhouse__can_clone_table() -%}
  {%- set clones = not config.get('materialized', '').startswith('distributed_') and 'MergeTree' in config.get('engine', default='MergeTree()') -%}
  {%- do return('replacing' if clones else false) -%}
{%- endmacro %}

{% macro clickhouse__create_or_replace_clone(this_relation, defer_relation) %}
    CREATE OR REPLACE TABLE {{ this_relation }} {{ on_cluster_clause(this_relation) }} CLONE AS {{ defer_relation }}
{% endmacro %}
