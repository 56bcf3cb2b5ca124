{#- Tests. A test's query may end with a SETTINGS clause, behind which no LIMIT may stand: the comment `-- end_of_sql` says where
    the query proper ends. -#}

{% macro clickhouse__get_test_sql(main_sql, fail_calc, warn_if, error_if, limit) -%}
    select
      {{ fail_calc }} as failures,
      {{ fail_calc }} {{ warn_if }} as should_warn,
      {{ fail_calc }} {{ error_if }} as should_error
    from (
      {{ main_sql if limit is none else clickhouse__place_limit(main_sql, limit) }}
    ) dbt_internal_test
{%- endmacro %}


{#- With several marks, of nested queries, the last counts. -#}
{% macro clickhouse__place_limit(query, limit) -%}
  {%- if 'settings' not in query.lower() -%}
    {{ query }}
    limit {{ limit }}
  {%- else -%}
    {%- set mark = '-- end_of_sql' -%}
    {%- if mark not in query.lower() -%}
      {%- do exceptions.raise_compiler_error("-- end_of_sql must be set when using ClickHouse settings") -%}
    {%- endif -%}
    {%- set parts = query.split(mark) -%}
    {{ parts[:-1] | join(mark) }}
 LIMIT {{ limit }}
{{ mark }}{{ parts[-1] }}
  {%- endif -%}
{%- endmacro %}


{#- An outer join fills up with default values unless it is told to use nulls. -#}
{% macro clickhouse__test_relationships(model, column_name, to, field) %}

{{ default__test_relationships(model, column_name, to, field) | trim }}
-- end_of_sql
settings join_use_nulls = 1

{% endmacro %}
