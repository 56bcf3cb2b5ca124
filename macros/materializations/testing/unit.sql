{#- A unit test: the model over fixtures beside the rows that are expected. The types of the expected rows are the
    model's own, read off an empty table made of it. -#}
{% materialization unit, default -%}
  {%- set header = config.get('sql_header') if flags.REQUIRE_SQL_HEADER_IN_TEST_CONFIGS else none -%}
  {%- set expected_rows = config.get('expected_rows') -%}
  {%- set expected_names = expected_rows[0].keys() if expected_rows | length > 0 else get_columns_in_query(sql) -%}

  {%- set shape_relation = make_temp_relation(this.incorporate(type='table')) -%}
  {%- do run_query(get_create_table_as_sql(True, shape_relation, get_empty_subquery_sql(sql))) -%}
  {%- set types, quoted = {}, {} -%}
  {%- for column in adapter.get_columns_in_relation(shape_relation) -%}
    {%- do types.update({column.name | lower: column.data_type}) -%}
    {%- do quoted.update({column.name | lower: column.quoted}) -%}
  {%- endfor -%}
  {%- set expected_quoted = [] -%}
  {%- for name in expected_names -%}
    {%- do expected_quoted.append(quoted[name | lower]) -%}
  {%- endfor -%}

  {%- set expected_sql = config.get('expected_sql') or get_expected_sql(expected_rows, types, quoted) -%}
  {%- set comparison_sql = get_unit_test_sql(sql, expected_sql, expected_quoted) -%}
  {%- call statement('main', fetch_result=True) -%}
    {{ header or '' }}
    {{ comparison_sql }}
  {%- endcall -%}

  {%- do adapter.drop_relation(shape_relation) -%}
  {%- do return({'relations': []}) -%}
{%- endmaterialization %}


{% macro get_unit_test_sql(main_sql, expected_fixture_sql, expected_column_names) -%}
  {{ adapter.dispatch('get_unit_test_sql', 'dbt')(main_sql, expected_fixture_sql, expected_column_names) }}
{%- endmacro %}

{% macro default__get_unit_test_sql(main_sql, expected_fixture_sql, expected_column_names) -%}
{%- set names = expected_column_names | join(', ') -%}
{%- set side = adapter.quote("actual_or_expected") -%}
-- Build actual result given inputs
with dbt_internal_unit_test_actual as (
  select
    {{ names }}, {{ dbt.string_literal("actual") }} as {{ side }}
  from (
    {{ main_sql }}
  ) _dbt_internal_unit_test_actual
),
-- Build expected result
dbt_internal_unit_test_expected as (
  select
    {{ names }}, {{ dbt.string_literal("expected") }} as {{ side }}
  from (
    {{ expected_fixture_sql }}
  ) _dbt_internal_unit_test_expected
)
-- Union actual and expected results
select * from dbt_internal_unit_test_actual
union all
select * from dbt_internal_unit_test_expected
{%- endmacro %}
