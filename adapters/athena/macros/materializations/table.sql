{#- A table can be read while it is rebuilt, wherever its format allows: the new one is built beside it under `__ha`. An Iceberg
    table then takes the old one's name; a Hive table's entry in Glue is pointed at the new data, whose folder must be another
    one. `ha: true` keeps old versions of a Hive table (`versions_to_keep`); `ha: false` drops it before it is built, as does
    a location that is not unique. -#}
{% materialization table, adapter='athena' -%}
  {%- set identifier = model['alias'] -%}
  {%- set table_type = resolve_table_type() -%}
  {%- set force_batch = config.get('force_batch', False) | as_bool -%}
  {%- set old_relation = adapter.get_relation(database=database, schema=schema, identifier=identifier) -%}
  {%- set old_tmp_relation = adapter.get_relation(database=database, schema=schema, identifier=identifier ~ '__ha') -%}
  {%- set old_bkp_relation = adapter.get_relation(database=database, schema=schema, identifier=identifier ~ '__bkp') -%}
  {%- set target_relation = api.Relation.create(identifier=identifier, schema=schema, database=database, type='table') -%}
  {%- set tmp_relation = api.Relation.create(
    identifier=identifier ~ '__ha', schema=schema, database=database, s3_path_table_part=identifier, type='table'
  ) -%}

  {%- set keeps_versions = config.get('ha', default=false) -%}
  {%- set external_location = config.get('external_location', default=none) -%}
  {%- set data_naming = config.get('s3_data_naming', default=target.s3_data_naming) -%}
  {%- set has_own_folder = 'unique' in data_naming and external_location is none -%}
  {%- if table_type == 'hive' and keeps_versions and not ('unique' in config.get('s3_data_naming', default='table_unique') and external_location is none) -%}
    {%- do exceptions.raise_compiler_error('You need to have an unique table location when using ha config with hive table.\nUse s3_data_naming unique, table_unique or schema_table_unique, and avoid to set an explicit\nexternal_location.') -%}
  {%- endif -%}

  {%- do run_hooks(pre_hooks) -%}
  {%- do athena__drop_unfinished_batches([target_relation, tmp_relation]) -%}

  {%- if table_type == 'hive' -%}
    {%- set query_result = athena__build_hive_table(target_relation, tmp_relation, old_relation, old_tmp_relation, has_own_folder, force_batch) -%}
    {%- do set_table_classification(target_relation) -%}
  {%- elif old_relation is none or adapter.is_s3_tables_database(database) -%}
    {%- do drop_relation(old_relation) if old_relation is not none -%}
    {%- do drop_relation(old_tmp_relation) if old_tmp_relation is not none -%}
    {%- set query_result = safe_create_table_as(False, target_relation, compiled_code, 'sql', force_batch) -%}
    {%- do drop_relation(old_bkp_relation) if old_bkp_relation is not none -%}
  {%- else -%}
    {%- set query_result = athena__replace_by_iceberg_table(target_relation, tmp_relation, old_relation, [old_tmp_relation, old_bkp_relation], force_batch) -%}
  {%- endif -%}

  {%- call statement('main') -%}
    SELECT '{{ query_result }}';
  {%- endcall -%}

  {%- do run_hooks(post_hooks) -%}
  {%- do athena__apply_lake_formation(target_relation) -%}
  {%- do persist_docs(target_relation, model) -%}
  {%- do return({'relations': [target_relation]}) -%}
{%- endmaterialization %}


{#- Answers what the statement said. -#}
{% macro athena__build_hive_table(target_relation, tmp_relation, old_relation, old_tmp_relation, has_own_folder, force_batch) -%}
  {%- set is_hive = old_relation is not none and old_relation.is_table and (old_relation.detailed_table_type or '') | lower != 'iceberg' -%}
  {%- set wants_swap = config.get('ha', default=none) is not sameas false -%}
  {%- set can_swap = has_own_folder and not adapter.is_work_group_output_location_enforced() -%}
  {%- if old_tmp_relation is not none -%}
    {#- It may be another run's that is about to show its data. -#}
    {%- do adapter.announce_clearing(old_tmp_relation, target_relation) -%}
    {%- do drop_relation(old_tmp_relation) -%}
  {%- endif -%}

  {%- if not (is_hive and wants_swap and can_swap) -%}
    {%- do drop_relation(old_relation) if old_relation is not none -%}
    {%- do return(safe_create_table_as(False, target_relation, compiled_code, 'sql', force_batch)) -%}
  {%- endif -%}

  {%- set query_result = safe_create_table_as(False, tmp_relation, compiled_code, 'sql', force_batch) -%}
  {%- do adapter.swap_table(tmp_relation, target_relation) -%}
  {#- Its data is the target's by now. -#}
  {%- do adapter.delete_from_glue_catalog(tmp_relation) -%}
  {%- set keeps_versions = config.get('ha', default=false) and not should_full_refresh() -%}
  {%- do adapter.expire_glue_table_versions(target_relation, config.get('versions_to_keep', default=4) if keeps_versions else 1, True) -%}
  {%- do return(query_result) -%}
{%- endmacro %}


{#- Iceberg tables are renamed, which takes a moment; one that stood there is kept aside until the new one has its name. -#}
{% macro athena__replace_by_iceberg_table(target_relation, tmp_relation, old_relation, leftovers, force_batch) -%}
  {%- for leftover in leftovers if leftover is not none -%}
    {%- do athena__drop_cached(leftover) -%}
  {%- endfor -%}
  {%- set query_result = safe_create_table_as(False, tmp_relation, compiled_code, 'sql', force_batch) -%}
  {%- set old_kind = adapter.get_glue_table_type(old_relation) -%}
  {%- if old_kind is not none and old_kind.value == 'iceberg_table' -%}
    {%- set backup_relation = make_temp_relation(old_relation, '__bkp') -%}
    {%- do adapter.replace_by_renaming(tmp_relation, target_relation, backup_relation) -%}
    {%- do athena__drop_cached(backup_relation) -%}
  {%- else -%}
    {%- do drop_relation(old_relation) -%}
    {%- do rename_relation(tmp_relation, target_relation) -%}
  {%- endif -%}
  {%- do return(query_result) -%}
{%- endmacro %}
