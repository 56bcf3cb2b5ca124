{#- Columns: reading them, altering them, checking them against a contract. -#}

{#- A temporary table is in no database. -#}
{% macro clickhouse__get_columns_in_relation(relation) -%}
  {%- if not relation.schema -%}
    {%- do exceptions.warn("Relations should always come with a defined schema. Missing schema for " ~ relation.identifier) -%}
  {%- endif -%}
  {%- call statement('get_columns', fetch_result=True) %}
    select name, type from system.columns where table = '{{ relation.identifier }}'
    {% if relation.schema and not relation.is_temporary -%}
    and database = '{{ relation.schema }}'
    {%- endif %}
    order by position
  {% endcall -%}
  {%- do return(sql_convert_columns_in_relation(load_result('get_columns').table)) -%}
{%- endmacro %}


{% macro clickhouse__get_columns_in_query(select_sql) -%}
  {%- call statement('get_columns_in_query', fetch_result=True, auto_begin=False) -%}
    select * from (
        {{ select_sql }}
    ) as __dbt_sbq
    limit 0
  {%- endcall -%}
  {%- do return(load_result('get_columns_in_query').table.columns | map(attribute='name') | list) -%}
{%- endmacro %}


{% macro clickhouse__alter_column_type(relation, column_name, new_column_type) -%}
  {%- call statement('alter_column_type') -%}
    alter table {{ relation }} {{ on_cluster_clause(relation) }} modify column {{ adapter.quote(column_name) }} {{ new_column_type }}
  {%- endcall -%}
{%- endmacro %}


{#- The query's types as the server names them, under the model's own settings, which may change them (join_use_nulls). -#}
{% macro clickhouse__get_assert_columns_equivalent(sql) -%}
  {%- set declared = model['columns'] -%}
  {%- if not declared -%}
    {%- do exceptions.raise_contract_error([], []) -%}
  {%- endif -%}
  {%- set expected = declared.values() -%}
  {%- set actual = adapter.format_columns(adapter.get_column_schema_from_query(sql, query_settings=config.get('query_settings', {}) or {})) -%}

  {%- set types = {} -%}
  {%- for column in expected -%}
    {%- do types.setdefault(column['name'], column['data_type']) -%}
  {%- endfor -%}
  {%- if actual | length != expected | length -%}
    {%- do exceptions.raise_contract_error(expected, actual) -%}
  {%- endif -%}
  {%- for column in actual if types.get(column['name']) != column['data_type'] -%}
    {%- do exceptions.raise_contract_error(expected, actual) -%}
  {%- endfor -%}
{%- endmacro %}
