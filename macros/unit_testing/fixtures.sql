{#- Rows of a unit test's `given` and `expect` as SELECTs. -#}

{#- Stands in for one input of the model under test; columns that the rows leave out are null, of the right type. -#}
{% macro get_fixture_sql(rows, column_name_to_data_types) %}
-- Fixture for {{ model.name }}
{%- set types = column_name_to_data_types or {} -%}
{%- set quoted = {} -%}
{%- if not types -%}
  {%- set source = defer_relation if defer_relation and not load_relation(this) else this -%}
  {%- for column in adapter.get_columns_in_relation(source) -%}
    {%- do types.update({column.name | lower: column.data_type}) -%}
    {%- do quoted.update({column.name | lower: column.quoted}) -%}
  {%- endfor -%}
{%- endif -%}
{%- if not types -%}
  {%- do exceptions.raise_compiler_error("Not able to get columns for unit test '" ~ model.name ~ "' from relation " ~ this ~ " because the relation doesn't exist") -%}
{%- endif -%}

{%- set empty_row = {} -%}
{%- for name, data_type in types.items() -%}
  {%- do empty_row.update({name: safe_cast("null", data_type) | trim}) -%}
{%- endfor -%}

{%- do validate_fixture_rows(rows, row_number) %}
{% for row in rows -%}
  {%- set values = empty_row.copy() -%}
  {%- do values.update(format_row(row, types)) -%}
  {{- '\nunion all\n' if not loop.first -}}
select {% for name, value in values.items() %}{{ value }} as {{ quoted[name] }}{{ ', ' if not loop.last }}{% endfor %}
{%- else -%}
select {% for name, value in empty_row.items() %}{{ value }} as {{ quoted[name] }}{{ ', ' if not loop.last }}{% endfor %}
    limit 0
{%- endfor -%}
{%- endmacro %}


{% macro get_expected_sql(rows, column_name_to_data_types, column_name_to_quoted) -%}
{% for row in rows -%}
  {{- '\nunion all\n' if not loop.first -}}
select {% for name, value in format_row(row, column_name_to_data_types).items() %}{{ value }} as {{ column_name_to_quoted[name] }}{{ ', ' if not loop.last }}{% endfor %}
{% else -%}
    select * from dbt_internal_unit_test_actual
    limit 0
{%- endfor -%}
{%- endmacro %}


{#- A row's values as casts to the columns' types, names in lower case. A text longer than its column is not cut short. -#}
{% macro format_row(row, column_name_to_data_types) -%}
  {%- set formatted = {} -%}
  {%- for key, value in row.items() -%}
    {%- set name = key | lower -%}
    {%- if name not in column_name_to_data_types -%}
      {%- set fixture = "expected output" if model.resource_type == 'unit_test' else "'" ~ model.name ~ "'" -%}
      {%- do exceptions.raise_compiler_error(
        "Invalid column name: '" ~ name ~ "' in unit test fixture for " ~ fixture ~ "."
        ~ "\nAccepted columns for " ~ fixture ~ " are: " ~ column_name_to_data_types.keys() | list
      ) -%}
    {%- endif -%}

    {%- set data_type = column_name_to_data_types[name] -%}
    {%- if value is string -%}
      {%- set literal = dbt.string_literal(dbt.escape_single_quotes(value)) -%}
      {%- set data_type = data_type.split('(')[0] if 'varying' in data_type else data_type -%}
    {%- else -%}
      {%- set literal = 'null' if value is none else value -%}
    {%- endif -%}
    {%- do formatted.update({name: safe_cast(literal, data_type)}) -%}
  {%- endfor -%}
  {%- do return(formatted) -%}
{%- endmacro %}


{#- For adapters that want to refuse rows they cannot express. -#}
{% macro validate_fixture_rows(rows, row_number) -%}
  {%- do return(adapter.dispatch('validate_fixture_rows', 'dbt')(rows, row_number)) -%}
{%- endmacro %}

{% macro default__validate_fixture_rows(rows, row_number) -%}
{%- endmacro %}
