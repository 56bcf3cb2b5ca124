{#- Contracts: the declared columns and constraints as DDL, and the proof that the query yields just these columns. -#}

{% macro get_table_columns_and_constraints() -%}
  {{ adapter.dispatch('get_table_columns_and_constraints', 'dbt')() }}
{%- endmacro %}

{% macro default__get_table_columns_and_constraints() -%}
  {%- do return(table_columns_and_constraints()) -%}
{%- endmacro %}

{% macro table_columns_and_constraints() %}
  (
    {%- set columns = adapter.render_raw_columns_constraints(raw_columns=model['columns']) -%}
    {%- set rules = adapter.render_raw_model_constraints(raw_constraints=model['constraints']) %}
    {% for line in columns -%}
      {{ line }}{{ ',' if rules or not loop.last }}
    {% endfor %}
    {% for line in rules -%}
      {{ line }}{{ ',' if not loop.last }}
    {% endfor -%}
    )
{% endmacro %}


{% macro get_assert_columns_equivalent(sql) -%}
  {{ adapter.dispatch('get_assert_columns_equivalent', 'dbt')(sql) }}
{%- endmacro %}

{% macro default__get_assert_columns_equivalent(sql) -%}
  {%- do return(assert_columns_equivalent(sql)) -%}
{%- endmacro %}

{#- Both sides are described by the warehouse itself, so that its names for types are compared. Raises a contract error. -#}
{% macro assert_columns_equivalent(sql) -%}
  {%- set declared = model['columns'] -%}
  {%- if not declared -%}
    {%- do exceptions.raise_contract_error([], []) -%}
  {%- endif -%}

  {%- set actual = format_columns(get_column_schema_from_query(sql, config.get('sql_header', none))) -%}
  {%- set expected = format_columns(get_column_schema_from_query(get_empty_schema_sql(declared))) -%}

  {%- set expected_by_name = {} -%}
  {%- for column in expected | reverse -%}
    {%- do expected_by_name.update({column['name']: column['formatted']}) -%}
  {%- endfor -%}
  {%- if actual | length != expected | length -%}
    {%- do exceptions.raise_contract_error(expected, actual) -%}
  {%- endif -%}
  {%- for column in actual if expected_by_name.get(column['name']) != column['formatted'] -%}
    {%- do exceptions.raise_contract_error(expected, actual) -%}
  {%- endfor -%}
{%- endmacro %}


{% macro format_columns(columns) -%}
  {%- set formatted = [] -%}
  {%- for column in columns -%}
    {%- do formatted.append(adapter.dispatch('format_column', 'dbt')(column)) -%}
  {%- endfor -%}
  {%- do return(formatted) -%}
{%- endmacro %}

{% macro default__format_column(column) -%}
  {%- do return({
    'name': column.name,
    'data_type': column.dtype,
    'formatted': column.column.lower() ~ ' ' ~ column.dtype
  }) -%}
{%- endmacro %}
