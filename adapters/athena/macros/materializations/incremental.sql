{#- The new rows go into a table beside the target first: `append` inserts them, `insert_overwrite` replaces the partitions that
    they are in, `merge` (Iceberg) updates by a unique key. -#}
{% materialization incremental, adapter='athena' -%}
  {%- set table_type = resolve_table_type() -%}
  {%- set raw_strategy = config.get('incremental_strategy') or 'insert_overwrite' -%}
  {%- set strategy = validate_get_incremental_strategy(raw_strategy, table_type) -%}
  {%- set on_schema_change = incremental_validate_on_schema_change(config.get('on_schema_change'), default='ignore') -%}
  {%- set partitioned_by = config.get('partitioned_by') -%}
  {%- set force_batch = config.get('force_batch', False) | as_bool -%}
  {%- set target_relation = this.incorporate(type='table') -%}
  {%- set existing_relation = load_relation(this) -%}

  {%- set wants_own_suffix = config.get('unique_tmp_table_suffix', False) | as_bool -%}
  {%- set tmp_suffix = '__dbt_tmp' -%}
  {%- if wants_own_suffix and (table_type == 'iceberg' or strategy == 'insert_overwrite') -%}
    {%- set tmp_suffix = adapter.generate_unique_temporary_table_suffix() -%}
  {%- endif -%}
  {%- set temp_schema = config.get('temp_schema') -%}
  {%- set old_tmp_relation = adapter.get_relation(
    database=database, schema=temp_schema or schema, identifier=target_relation.identifier ~ tmp_suffix
  ) -%}
  {%- set tmp_relation = make_temp_relation(target_relation, suffix=tmp_suffix, temp_schema=temp_schema) -%}

  {%- if partitioned_by is none and strategy == 'insert_overwrite' -%}
    {%- if raw_strategy == 'microbatch' -%}
      {%- do exceptions.raise_compiler_error("dbt-athena 'microbatch' incremental strategy for hive tables requires a `partitioned_by` config.\nEnsure you are using a `partitioned_by` column that is of grain " ~ config.get('batch_size') ~ '.') -%}
    {%- endif -%}
    {#- Nothing to overwrite: the rows are added. -#}
    {%- set strategy = 'append' -%}
  {%- endif -%}

  {%- do run_hooks(pre_hooks, inside_transaction=False) -%}
  {%- do run_hooks(pre_hooks, inside_transaction=True) -%}

  {%- do athena__drop_unfinished_batches([target_relation, tmp_relation]) -%}
  {%- set is_built_whole = existing_relation is none or existing_relation.is_view or should_full_refresh() -%}
  {%- set to_drop = [] -%}
  {%- if is_built_whole -%}
    {%- set query_result = athena__build_incremental_table(target_relation, existing_relation, table_type, force_batch) -%}
    {%- set build_sql = "select '" ~ query_result ~ "'" -%}
  {%- else -%}
    {%- do athena__check_merge_config(raw_strategy) if strategy == 'merge' -%}
    {%- do drop_relation(old_tmp_relation) if old_tmp_relation is not none -%}
    {%- do safe_create_table_as(True, tmp_relation, compiled_code, 'sql', force_batch) -%}
    {%- do to_drop.append(tmp_relation) -%}
    {%- if strategy == 'merge' -%}
      {%- set build_sql = iceberg_merge(
        on_schema_change=on_schema_change,
        tmp_relation=tmp_relation,
        target_relation=target_relation,
        unique_key=config.get('unique_key'),
        incremental_predicates=config.get('incremental_predicates'),
        existing_relation=existing_relation,
        delete_condition=config.get('delete_condition'),
        update_condition=config.get('update_condition'),
        insert_condition=config.get('insert_condition'),
        force_batch=force_batch
      ) -%}
    {%- else -%}
      {%- do delete_overlapping_partitions(target_relation, tmp_relation, partitioned_by) if strategy == 'insert_overwrite' -%}
      {%- set build_sql = incremental_insert(on_schema_change, tmp_relation, target_relation, existing_relation, force_batch) -%}
    {%- endif -%}
  {%- endif -%}

  {%- call statement('main') -%}
    {{ build_sql }}
  {%- endcall -%}
  {%- do set_table_classification(target_relation) if is_built_whole and table_type != 'iceberg' -%}

  {%- do run_hooks(post_hooks, inside_transaction=True) -%}
  {%- do adapter.commit() -%}
  {%- for relation in to_drop -%}
    {%- do drop_relation(relation) -%}
  {%- endfor -%}
  {%- do run_hooks(post_hooks, inside_transaction=False) -%}
  {%- do athena__apply_lake_formation(target_relation) -%}
  {%- do persist_docs(target_relation, model) -%}

  {#- S3 Tables keeps its versions itself. -#}
  {%- if not adapter.is_s3_tables_database(target_relation.database) -%}
    {%- do adapter.expire_glue_table_versions(target_relation, config.get('versions_to_keep', 1) | as_number, False) -%}
  {%- endif -%}
  {%- do return({'relations': [target_relation]}) -%}
{%- endmaterialization %}


{% macro validate_get_incremental_strategy(raw_strategy, table_type) -%}
  {%- set allowed = ['append', 'microbatch', 'merge'] if table_type == 'iceberg' else ['append', 'insert_overwrite', 'microbatch'] -%}
  {%- if raw_strategy not in allowed -%}
    {%- set reason = "Incremental models on Iceberg tables only work with 'append', 'microbatch' or 'merge' (v3 only) strategy."
      if table_type == 'iceberg' else "Expected one of: 'append', 'insert_overwrite', 'microbatch'" -%}
    {%- do exceptions.raise_compiler_error('Invalid incremental strategy provided: ' ~ raw_strategy ~ '\n' ~ reason) -%}
  {%- endif -%}
  {%- if raw_strategy == 'microbatch' -%}
    {%- do return('merge' if table_type == 'iceberg' else 'insert_overwrite') -%}
  {%- endif -%}
  {%- do return(raw_strategy) -%}
{%- endmacro %}

{% macro athena__check_merge_config(raw_strategy) -%}
  {%- set strategy = 'Microbatch strategy for iceberg tables' if raw_strategy == 'microbatch' else 'Merge strategy' -%}
  {%- if config.get('unique_key') is none -%}
    {%- do exceptions.raise_compiler_error(strategy ~ ' must implement unique_key as a single column or a list of columns.') -%}
  {%- endif -%}
  {%- set predicates = config.get('incremental_predicates') -%}
  {%- if predicates is not none and not adapter.is_list(predicates) -%}
    {%- do exceptions.raise_compiler_error(strategy ~ ' must implement incremental_predicates as a list of predicates when provided.') -%}
  {%- endif -%}
{%- endmacro %}


{#- The first build, or all of it again. An Iceberg table is built beside the old one, in a folder of its own, and renamed. -#}
{% macro athena__build_incremental_table(target_relation, existing_relation, table_type, force_batch) -%}
  {%- set old = adapter.get_glue_table_type(existing_relation) if existing_relation is not none else none -%}
  {%- set data_naming = config.get('s3_data_naming', default=target.s3_data_naming) -%}
  {%- set has_own_folder = 'unique' in data_naming and config.get('external_location', default=none) is none -%}
  {%- if table_type != 'iceberg' or old is none or old.value != 'iceberg_table' or not has_own_folder -%}
    {%- do drop_relation(existing_relation) if existing_relation is not none -%}
    {#- What a build left that ended between two renames. -#}
    {%- for suffix in ['__bkp', '__dbt_tmp'] -%}
      {%- do athena__drop_if_known(make_temp_relation(target_relation, suffix)) -%}
    {%- endfor -%}
    {%- do return(safe_create_table_as(False, target_relation, compiled_code, 'sql', force_batch)) -%}
  {%- endif -%}

  {%- set tmp_relation = api.Relation.create(
    identifier=target_relation.identifier ~ '__dbt_tmp',
    schema=target_relation.schema,
    database=target_relation.database,
    s3_path_table_part=target_relation.identifier,
    type='table'
  ) -%}
  {%- set backup_relation = make_temp_relation(target_relation, '__bkp') -%}
  {%- do athena__drop_cached(tmp_relation) -%}
  {%- set query_result = safe_create_table_as(False, tmp_relation, compiled_code, 'sql', force_batch) -%}
  {%- do athena__drop_cached(backup_relation) -%}
  {%- do adapter.replace_by_renaming(tmp_relation, target_relation, backup_relation) -%}
  {%- do athena__drop_cached(backup_relation) -%}
  {%- do return(query_result) -%}
{%- endmacro %}


{#- Adds the rows of `tmp_relation`; answers a statement that tells how many. -#}
{% macro incremental_insert(on_schema_change, tmp_relation, target_relation, existing_relation, force_batch, statement_name="main") -%}
  {%- set columns = process_schema_changes(on_schema_change, tmp_relation, existing_relation) -%}
  {%- if not columns -%}
    {%- set columns = adapter.get_columns_in_relation(target_relation) -%}
  {%- endif -%}
  {%- set names = columns | map(attribute='quoted') | join(', ') -%}
  {%- set query_result = none -%}
  {%- if not force_batch -%}
    {%- set insert_sql -%}
          insert into {{ target_relation }} ({{ names }})
              (
                 select {{ names }}
                 from {{ tmp_relation }}
              );
    {%- endset -%}
    {%- set query_result = adapter.run_query_with_partitions_limit_catching(insert_sql) -%}
  {%- endif -%}
  {%- if force_batch or query_result == 'TOO_MANY_OPEN_PARTITIONS' -%}
    {%- do batch_incremental_insert(tmp_relation, target_relation, names) -%}
  {%- endif -%}

    SELECT '{{ query_result if query_result is not none }}'
{%- endmacro %}

{% macro batch_incremental_insert(tmp_relation, target_relation, dest_cols_csv) -%}
  {%- for batch in get_partition_batches(tmp_relation) -%}
    {%- set insert_sql -%}
            insert into {{ target_relation }} ({{ dest_cols_csv }})
                (
                   select {{ dest_cols_csv }}
                   from {{ tmp_relation }}
                   where {{ batch }}
                );
    {%- endset -%}
    {%- do run_query(insert_sql) -%}
  {%- endfor -%}
{%- endmacro %}


{% macro delete_overlapping_partitions(target_relation, tmp_relation, partitioned_by) -%}
  {%- call statement('get_partitions', fetch_result=True) -%}
    select distinct {{ partitioned_by | join(', ') }} from {{ tmp_relation }};
  {%- endcall -%}
  {%- set table = load_result('get_partitions').table -%}
  {%- set conditions = [] -%}
  {%- for row in table.rows -%}
    {%- set parts = [] -%}
    {%- for value in row -%}
      {%- set type = adapter.convert_type(table, loop.index0) -%}
      {%- if type == 'integer' or type is none -%}
        {%- do parts.append(partitioned_by[loop.index0] ~ '=' ~ value) -%}
      {%- elif type in ['string', 'date', 'timestamp'] -%}
        {%- do parts.append(partitioned_by[loop.index0] ~ "='" ~ value | string | replace("'", "''") ~ "'") -%}
      {%- else -%}
        {%- do exceptions.raise_compiler_error('Need to add support for column type ' ~ type) -%}
      {%- endif -%}
    {%- endfor -%}
    {%- do conditions.append(parts | join(' and ')) -%}
  {%- endfor -%}
  {%- do adapter.clean_up_partitions(target_relation, conditions) -%}
{%- endmacro %}
