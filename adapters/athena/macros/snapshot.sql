{#- Snapshots. Iceberg tables are merged into; a Hive table's next state is put together beside it and takes its place. -#}

{#- md5 wants bytes. -#}
{% macro athena__snapshot_hash_arguments(args) -%}
    to_hex(md5(to_utf8({%- for arg in args -%}
        coalesce(cast({{ arg }} as varchar ), '')
        {%- if not loop.last %} || '|' || {% endif -%}
    {%- endfor -%})))
{%- endmacro %}


{% materialization snapshot, adapter='athena' -%}
  {%- set config = model['config'] -%}
  {%- set table_type = resolve_table_type() -%}
  {%- set target_relation_exists, target_relation = get_or_create_relation(
    database=model.database, schema=model.schema, identifier=model.get('alias', model.get('name')), type='table'
  ) -%}
  {%- do exceptions.relation_wrong_type(target_relation, 'table') if not target_relation.is_table -%}

  {%- do run_hooks(pre_hooks, inside_transaction=False) -%}
  {%- do run_hooks(pre_hooks, inside_transaction=True) -%}

  {%- if not target_relation_exists and athena__finish_hive_snapshot(target_relation) -%}
    {%- set target_relation_exists = true -%}
  {%- endif -%}

  {%- set strategy_macro = strategy_dispatch(config.get('strategy')) -%}
  {%- set strategy = strategy_macro(model, 'snapshotted_data', 'source_data', config, target_relation_exists) -%}
  {%- set to_drop = [] -%}

  {%- if not target_relation_exists -%}
    {%- set final_sql = create_table_as(False, target_relation, build_snapshot_table(strategy, model['compiled_code'])) -%}
  {%- else -%}
    {%- do adapter.valid_snapshot_target(target_relation) -%}
    {%- do athena__drop_if_known(make_temp_relation(target_relation)) -%}
    {%- set staging_relation = build_snapshot_staging_table(strategy, sql, target_relation) -%}
    {%- do to_drop.append(staging_relation) -%}

    {%- set added = athena__own_snapshot_columns(adapter.get_missing_columns(staging_relation, target_relation)) -%}
    {%- do alter_relation_add_columns(target_relation, added, table_type) if added -%}

    {%- set columns = [] -%}
    {%- for column in athena__own_snapshot_columns(adapter.get_columns_in_relation(staging_relation)) -%}
      {%- do columns.append(adapter.quote(column.name)) -%}
    {%- endfor -%}
    {%- if table_type == 'iceberg' -%}
      {%- set final_sql = iceberg_snapshot_merge_sql(target=target_relation, source=staging_relation, insert_cols=columns) -%}
    {%- else -%}
      {%- set next_relation = hive_create_new_snapshot_table(target=target_relation, source=staging_relation, insert_cols=columns) -%}
      {%- do to_drop.append(next_relation) -%}
      {%- set final_sql = hive_snapshot_merge_sql(target=target_relation, source=next_relation) -%}
    {%- endif -%}
  {%- endif -%}

  {%- call statement('main') -%}
    {{ final_sql }}
  {%- endcall -%}

  {%- do run_hooks(post_hooks, inside_transaction=True) -%}
  {%- for relation in to_drop -%}
    {%- do adapter.drop_relation(relation) -%}
  {%- endfor -%}
  {%- do run_hooks(post_hooks, inside_transaction=False) -%}
  {%- do adapter.add_lf_tags(target_relation, config.get('lf_tags_config')) if config.get('lf_tags_config') is not none -%}
  {%- do adapter.apply_lf_grants(target_relation, config.get('lf_grants')) if config.get('lf_grants') is not none -%}
  {%- do persist_docs(target_relation, model) -%}
  {%- do return({'relations': [target_relation]}) -%}
{%- endmaterialization %}


{#- Without those that only the staging table has. -#}
{% macro athena__own_snapshot_columns(columns) -%}
  {%- set own = [] -%}
  {%- for column in columns if column.name | lower not in ['dbt_change_type', 'dbt_unique_key'] -%}
    {%- do own.append(column) -%}
  {%- endfor -%}
  {%- do return(own) -%}
{%- endmacro %}


{% macro iceberg_snapshot_merge_sql(target, source, insert_cols) %}
    merge into {{ target }} as dbt_internal_dest
    using {{ source }} as dbt_internal_source
    on dbt_internal_source.dbt_scd_id = dbt_internal_dest.dbt_scd_id

    when matched
     and dbt_internal_dest.dbt_valid_to is null
     and dbt_internal_source.dbt_change_type in ('update', 'delete')
        then update
        set dbt_valid_to = dbt_internal_source.dbt_valid_to

    when not matched
     and dbt_internal_source.dbt_change_type = 'insert'
        then insert ({{ insert_cols | join(', ') }})
        values (dbt_internal_source.{{ insert_cols | join(', dbt_internal_source.') }})
{% endmacro %}


{#- Rows that stay, rows that end, rows that are new. -#}
{% macro hive_create_new_snapshot_table(target, source, insert_cols) -%}
  {%- set next_relation = make_temp_relation(target, '__dbt_tmp_snapshot') -%}
  {%- do athena__drop_if_known(next_relation) -%}
  {%- set ended = [] -%}
  {%- for column in insert_cols -%}
    {%- set is_end = column.replace('"', '') == 'dbt_valid_to' -%}
    {%- do ended.append(('dbt_internal_source.' if is_end else 'dbt_internal_dest.') ~ column) -%}
  {%- endfor -%}
  {%- set next_rows %}
      select dbt_internal_dest.{{ insert_cols | join(', dbt_internal_dest.') }}
      from {{ target }} as dbt_internal_dest
      left join {{ source }} as dbt_internal_source
      on dbt_internal_source.dbt_scd_id = dbt_internal_dest.dbt_scd_id
      where dbt_internal_source.dbt_scd_id is null

      union all

      select {{ ended | join(', ') }}
      from {{ target }} as dbt_internal_dest
      inner join {{ source }} as dbt_internal_source
      on dbt_internal_source.dbt_scd_id = dbt_internal_dest.dbt_scd_id
      where dbt_internal_dest.dbt_valid_to is null
        and dbt_internal_source.dbt_change_type in ('update', 'delete')

      union all

      select dbt_internal_source.{{ insert_cols | join(', dbt_internal_source.') }}
      from {{ source }} as dbt_internal_source
      left join {{ target }} as dbt_internal_dest
      on dbt_internal_dest.dbt_scd_id = dbt_internal_source.dbt_scd_id
      where dbt_internal_dest.dbt_scd_id is null
  {%- endset -%}
  {%- call statement('create_new_snapshot_table') -%}
    {{ create_table_as(False, next_relation, next_rows) }}
  {%- endcall -%}
  {%- do return(next_relation) -%}
{%- endmacro %}

{#- The table is made again from its next state. It loses its name before its data: a snapshot that is there is whole. -#}
{% macro hive_snapshot_merge_sql(target, source, insert_cols, table_type) -%}
  {%- set known = adapter.get_relation(database=target.database, schema=target.schema, identifier=target.identifier) -%}
  {%- set old_relation = make_temp_relation(target, '__bkp') -%}
  {%- do athena__drop_if_known(old_relation) -%}
  {%- if known is not none -%}
    {%- do adapter.rename_relation(known, old_relation) -%}
    {%- do adapter.drop_relation(old_relation) -%}
  {%- endif -%}
  {{ create_table_as(False, target, 'select * from ' ~ source ~ ';') }}
{%- endmacro %}

{#- Where a run ended after the table had lost its name, its next state holds all rows: the table is made of it. Answers whether
    that was so. -#}
{% macro athena__finish_hive_snapshot(target) -%}
  {%- set next_relation = load_cached_relation(make_temp_relation(target, '__dbt_tmp_snapshot')) -%}
  {%- if next_relation is none -%}
    {%- do return(false) -%}
  {%- endif -%}
  {%- call statement('finish_snapshot') -%}
    {{ hive_snapshot_merge_sql(target, next_relation) }}
  {%- endcall -%}
  {%- do adapter.cache_added(target) -%}
  {%- do return(true) -%}
{%- endmacro %}
