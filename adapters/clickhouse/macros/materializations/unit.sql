{#- As the built-in one. The table that tells the model's types is a temporary one, which making already runs: there is no statement
    left to run. -#}
{% materialization unit, adapter='clickhouse' -%}
  {%- set expected_rows = config.get('expected_rows') -%}
  {%- set expected_names = expected_rows[0].keys() if expected_rows | length > 0 else get_columns_in_query(sql) -%}

  {%- set shape_relation = make_temp_relation(this.incorporate(type='table'), '__dbt_tmp').incorporate(is_temporary=True) -%}
  {%- do get_create_table_as_sql(True, shape_relation, get_empty_subquery_sql(sql)) -%}
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
    {{ comparison_sql }}
  {%- endcall -%}

  {%- do adapter.drop_relation(shape_relation) -%}
  {%- do return({'relations': []}) -%}
{%- endmaterialization %}
