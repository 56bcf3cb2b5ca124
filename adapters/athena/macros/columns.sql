{#- Columns, and the types that DDL and queries have different names for. -#}

{% macro athena__get_columns_in_relation(relation) -%}
  {%- do return(adapter.get_columns_in_relation(relation)) -%}
{%- endmacro %}


{% macro athena__get_empty_schema_sql(columns) -%}
    {%- set untyped = [] -%}
    {%- set expressions = [] -%}
    {%- for column in columns.values() -%}
      {%- if column['data_type'] is not defined -%}
        {%- do untyped.append(column['name']) -%}
      {%- else -%}
        {%- set name = adapter.quote(column['name']) if column.get('quote') else column['name'] -%}
        {%- do expressions.append('cast(null as ' ~ dml_data_type(column['data_type']) ~ ') as ' ~ name) -%}
      {%- endif -%}
    {%- endfor -%}
    {%- if untyped -%}
      {{ exceptions.column_type_missing(column_names=untyped) }}
    {%- endif %}
    select {{ expressions | join(', ') }}
{%- endmacro %}


{#- A type as DDL names it: varchar is string, integer int, and array(varchar) array<string>. Iceberg has one timestamp. -#}
{% macro ddl_data_type(col_type, table_type = 'hive') -%}
  {%- set data_type = modules.re.sub('(?:varchar|character varying)(?:\(\d+\))?', 'string', col_type) -%}
  {%- if 'array' in data_type or 'map' in data_type -%}
    {%- set data_type = data_type.replace('(', '<').replace(')', '>') -%}
  {%- endif -%}
  {%- set data_type = data_type.replace('integer', 'int') -%}
  {%- if table_type == 'iceberg' and 'binary' in data_type -%}
    {%- set data_type = 'binary' -%}
  {%- elif table_type == 'iceberg' and 'timestamp' in data_type -%}
    {%- set data_type = 'timestamp' -%}
  {%- endif -%}
  {%- do return(data_type) -%}
{%- endmacro %}

{#- A type as queries name it. -#}
{% macro dml_data_type(col_type) -%}
  {%- set names = [('string', 'varchar'), ('float', 'real')] -%}
  {%- set found = namespace(type=col_type) -%}
  {%- for ddl, dml in names -%}
    {%- set found.type = modules.re.sub(ddl, dml, found.type) -%}
  {%- endfor -%}
  {%- do return(found.type) -%}
{%- endmacro %}


{% macro alter_relation_add_columns(relation, add_columns = none, table_type = 'hive') -%}
  {%- if add_columns -%}
    {%- set sql -%}
      alter {{ relation.type }} {{ relation.render_hive() }}
          add columns ({{ athena__column_definitions(add_columns, table_type) }})
    {%- endset -%}
    {%- do return(run_query(sql)) -%}
  {%- endif -%}
{%- endmacro %}

{% macro alter_relation_replace_columns(relation, replace_columns = none, table_type = 'hive') -%}
  {%- if replace_columns -%}
    {%- set sql -%}
      alter {{ relation.type }} {{ relation.render_hive() }}
          replace columns ({{ athena__column_definitions(replace_columns, table_type) }})
    {%- endset -%}
    {%- do return(run_query(sql)) -%}
  {%- endif -%}
{%- endmacro %}

{% macro athena__column_definitions(columns, table_type) -%}
  {%- for column in columns -%}
    {{ column.quoted_hive }} {{ ddl_data_type(column.data_type, table_type) }}{{ ', ' if not loop.last }}
  {%- endfor -%}
{%- endmacro %}

{% macro alter_relation_drop_columns(relation, remove_columns = none) -%}
  {%- for column in remove_columns or [] -%}
    {%- do run_query('alter ' ~ relation.type ~ ' ' ~ relation.render_hive() ~ ' drop column ' ~ column.quoted_hive) -%}
  {%- endfor -%}
{%- endmacro %}

{% macro alter_relation_rename_column(relation, source_column, target_column, target_column_type, table_type = 'hive') -%}
  {%- set sql -%}
      alter {{ relation.type }} {{ relation.render_pure() }}
          change column {{ source_column }} {{ target_column }} {{ ddl_data_type(target_column_type, table_type) }}
  {%- endset -%}
  {%- do return(run_query(sql)) -%}
{%- endmacro %}


{#- A column cannot become of another type: one of that type is filled beside it and takes its name. -#}
{% macro athena__alter_column_type(relation, column_name, new_column_type) -%}
  {%- set table_type = resolve_table_type() -%}
  {%- set beside = column_name ~ '__dbt_alter' -%}
  {%- set table = relation.render_pure() -%}
  {%- set alter = 'alter ' ~ relation.type ~ ' ' ~ table -%}
  {%- do run_query(alter ~ ' add columns(' ~ beside ~ ' ' ~ ddl_data_type(new_column_type, table_type) ~ ');') -%}
  {%- do run_query('update ' ~ table ~ ' set ' ~ beside ~ ' = cast(' ~ column_name ~ ' as ' ~ new_column_type ~ ');') -%}
  {%- do run_query(alter ~ ' drop column ' ~ column_name ~ ';') -%}
  {%- do alter_relation_rename_column(relation, beside, column_name, new_column_type, table_type) -%}
{%- endmacro %}


{#- Brings the target's columns to the query's, as `on_schema_change` says. -#}
{% macro sync_column_schemas(on_schema_change, target_relation, schema_changes_dict) -%}
  {%- set table_type = resolve_table_type() -%}
  {%- set added = schema_changes_dict['source_not_in_target'] -%}
  {%- set removed = schema_changes_dict['target_not_in_source'] -%}
  {%- set retyped = schema_changes_dict['new_target_types'] -%}
  {%- if on_schema_change == 'append_new_columns' -%}
    {%- do alter_relation_add_columns(target_relation, added, table_type) -%}
  {%- elif on_schema_change == 'sync_all_columns' and table_type == 'iceberg' -%}
    {#- A change of type that broke off before its last step: the column goes on under its own name. -#}
    {%- for column in removed | list if column.column.endswith('__dbt_alter') -%}
      {%- set own_name = column.column | replace('__dbt_alter', '') -%}
      {%- for wanted in added | list if wanted.column == own_name -%}
        {%- do alter_relation_rename_column(target_relation, column.name, wanted.name, wanted.data_type, table_type) -%}
        {%- do removed.remove(column) -%}
        {%- do added.remove(wanted) -%}
      {%- endfor -%}
    {%- endfor -%}
    {%- do alter_relation_add_columns(target_relation, added, table_type) -%}
    {%- do alter_relation_drop_columns(target_relation, removed) -%}
    {%- for change in retyped -%}
      {%- do alter_column_type(target_relation, change['column_name'], change['new_type']) -%}
    {%- endfor -%}
  {%- elif on_schema_change == 'sync_all_columns' and (added or removed or retyped) -%}
    {%- set keys = config.get('partitioned_by', default=none) or [] -%}
    {%- set columns = remove_partitions_from_columns(schema_changes_dict['source_columns'], keys) -%}
    {%- do alter_relation_replace_columns(target_relation, columns, table_type) -%}
  {%- endif -%}
  {%- do log('In ' ~ target_relation ~ ': schema change approach ' ~ on_schema_change ~ ', columns added ' ~ added ~ ', removed ' ~ removed ~ ', changed in type ' ~ retyped) -%}
{%- endmacro %}

{% macro remove_partitions_from_columns(columns_with_partitions, partition_keys) -%}
  {%- set columns = [] -%}
  {%- for column in columns_with_partitions if column.name not in partition_keys -%}
    {%- do columns.append(column) -%}
  {%- endfor -%}
  {%- do return(columns) -%}
{%- endmacro %}
