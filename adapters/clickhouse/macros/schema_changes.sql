{#- Columns added, dropped and retyped as `on_schema_change` asks, one ALTER each. Of a distributed table, the tables behind it are
    altered first. -#}

{% macro clickhouse__apply_column_changes(column_changes, existing_relation, is_distributed=False) -%}
  {%- do log('Schema changes detected. Trying to apply the following changes: ' ~ column_changes) -%}
  {%- set existing_local = none -%}
  {%- if is_distributed and existing_relation is not none -%}
    {%- set existing_local = existing_relation.incorporate(path={
      'identifier': this.identifier ~ adapter.get_clickhouse_local_suffix(),
      'schema': adapter.get_clickhouse_local_db_prefix() ~ this.schema
    }) -%}
  {%- endif -%}

  {%- set syncs = column_changes.on_schema_change == 'sync_all_columns' -%}
  {%- if syncs -%}
    {%- do clickhouse__drop_columns(column_changes.columns_to_drop, existing_relation, existing_local, is_distributed) -%}
  {%- endif -%}
  {%- if syncs or column_changes.on_schema_change == 'append_new_columns' -%}
    {%- do clickhouse__add_columns(column_changes.columns_to_add, existing_relation, existing_local, is_distributed) -%}
  {%- endif -%}
  {%- if syncs -%}
    {%- do clickhouse__modify_columns(column_changes.columns_to_modify, existing_relation, existing_local, is_distributed) -%}
  {%- endif -%}
{%- endmacro %}


{% macro clickhouse__add_columns(columns, existing_relation, existing_local=none, is_distributed=False) -%}
  {%- for column in columns -%}
    {%- set codec = codec_clause(model['columns'].get(column.name, {}).get('codec')) -%}
    {%- do clickhouse__run_alter_table_command('add column if not exists `' ~ column.name ~ '` ' ~ column.data_type ~ ' ' ~ codec, existing_relation, existing_local, is_distributed) -%}
  {%- endfor -%}
{%- endmacro %}

{% macro clickhouse__drop_columns(columns, existing_relation, existing_local=none, is_distributed=False) -%}
  {%- for column in columns -%}
    {%- do clickhouse__run_alter_table_command('drop column if exists `' ~ column.name ~ '`', existing_relation, existing_local, is_distributed) -%}
  {%- endfor -%}
{%- endmacro %}

{% macro clickhouse__modify_columns(columns, existing_relation, existing_local=none, is_distributed=False) -%}
  {%- for column in columns -%}
    {%- do clickhouse__run_alter_table_command('modify column if exists `' ~ column.name ~ '` ' ~ column.data_type, existing_relation, existing_local, is_distributed) -%}
  {%- endfor -%}
{%- endmacro %}


{% macro clickhouse__run_alter_table_command(alter_action, existing_relation, existing_local=none, is_distributed=False) -%}
  {#- The distributed table never has a column that the local ones lack. -#}
  {%- set order = [existing_relation, existing_local] if alter_action.startswith('drop') else [existing_local, existing_relation] -%}
  {%- for relation in (order if is_distributed else [existing_relation]) -%}
    {%- call statement('alter_table') -%}
      alter table {{ relation }} {{ on_cluster_clause(existing_relation) if is_distributed }} {{ alter_action }}
    {%- endcall -%}
  {%- endfor -%}
{%- endmacro %}
