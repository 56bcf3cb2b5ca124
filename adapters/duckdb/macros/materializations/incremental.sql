{#- As the built-in one, with what DuckDB adds: Python models, foreign keys, indexes, MotherDuck's lack of temporary tables,
    DuckLake's layouts. -#}
{% materialization incremental, adapter="duckdb", supported_languages=['sql', 'python'] -%}
  {%- set language = model['language'] -%}
  {%- set target_relation = this.incorporate(type='table') -%}
  {%- set existing_relation = load_cached_relation(this) -%}
  {%- set intermediate_relation = make_intermediate_relation(target_relation) -%}
  {%- set backup_relation = make_backup_relation(target_relation, 'table' if existing_relation is none else existing_relation.type) -%}

  {%- set full_refresh_mode = should_full_refresh() or existing_relation.is_view -%}
  {%- set on_schema_change = incremental_validate_on_schema_change(config.get('on_schema_change'), default='ignore') -%}
  {%- set layout = {} -%}
  {%- if existing_relation is none or full_refresh_mode -%}
    {%- set layout = {
      'partitioned_by': duckdb__get_partitioned_by(target_relation, false),
      'sorted_by': duckdb__get_sorted_by(target_relation, false)
    } -%}
  {%- endif -%}
  {%- set without_begin = (layout.partitioned_by or layout.sorted_by) and adapter.is_ducklake(target_relation) -%}

  {%- set leftovers = [load_cached_relation(intermediate_relation), load_cached_relation(backup_relation)] -%}
  {%- for leftover in leftovers -%}
    {%- do drop_relation_if_exists(leftover) -%}
  {%- endfor -%}

  {%- set staging = duckdb__dispatch_temporary_relation(target_relation, adapter.batch_id_for_model(model)) -%}
  {%- set temp_relation = staging.relation -%}
  {%- set to_drop = [] if staging.temporary else [temp_relation] -%}

  {%- do run_hooks(pre_hooks, inside_transaction=False) -%}
  {%- do run_hooks(pre_hooks, inside_transaction=True) -%}

  {%- set dependents = [] -%}
  {%- set swap = false -%}
  {%- if existing_relation is none or full_refresh_mode -%}
    {%- set build_relation = target_relation -%}
    {%- if existing_relation is not none and has_foreign_key_constraints(existing_relation) -%}
      {%- set dependents = drop_relation_for_rebuild(existing_relation) -%}
    {%- elif existing_relation is not none -%}
      {%- set build_relation = intermediate_relation -%}
      {%- set swap = true -%}
    {%- endif -%}
    {%- set build_language = language -%}
    {%- set build_sql = create_table_as(False, build_relation, compiled_code, language, partitioned_by=layout.partitioned_by, sorted_by=layout.sorted_by) -%}
  {%- else -%}
    {%- set rows_sql = create_table_as(staging.temporary, temp_relation, compiled_code, language, partitioned_by=none, sorted_by=none) -%}
    {%- if language == 'python' -%}
      {%- call statement('pre', language=language) -%}
        {{- rows_sql }}
      {%- endcall -%}
    {%- else -%}
      {%- do run_query(rows_sql) -%}
    {%- endif -%}
    {%- do adapter.expand_target_column_types(from_relation=temp_relation, to_relation=target_relation) -%}
    {%- set dest_columns = process_schema_changes(on_schema_change, temp_relation, existing_relation)
                        or adapter.get_columns_in_relation(existing_relation) -%}
    {%- set strategy_sql = adapter.get_incremental_strategy_macro(context, config.get('incremental_strategy') or 'default') -%}
    {%- set build_language = 'sql' -%}
    {%- set build_sql = strategy_sql({
      'target_relation': target_relation,
      'temp_relation': temp_relation,
      'unique_key': config.get('unique_key'),
      'dest_columns': dest_columns,
      'incremental_predicates': config.get('predicates', none) or config.get('incremental_predicates', none)
    }) -%}
  {%- endif -%}

  {%- call statement('main', language=build_language, auto_begin=not without_begin) -%}
    {{- build_sql }}
  {%- endcall -%}

  {%- if swap -%}
    {%- do drop_indexes_on_relation(target_relation) -%}
    {%- if may_be_foreign_key_target(target_relation) -%}
      {%- set dependents = drop_foreign_key_dependents(target_relation) -%}
    {%- endif -%}
    {#- While a renamed table's indexes are still seen by older transactions, every question about indexes fails in those ("Table with
        name … does not exist"), and so would models built at the same time: one that had indexes is dropped, in the transaction. -#}
    {%- set dropped = load_result('dropped_indexes') -%}
    {%- if dropped is not none and dropped.table | length > 0 -%}
      {%- do adapter.ensure_transaction() -%}
      {%- do adapter.drop_relation(target_relation) -%}
    {%- else -%}
      {%- do adapter.rename_relation(target_relation, backup_relation) -%}
    {%- endif -%}
    {%- do adapter.rename_relation(intermediate_relation, target_relation) -%}
    {%- do to_drop.append(backup_relation) -%}
  {%- endif -%}
  {%- do restore_foreign_key_dependents(dependents) -%}

  {%- do apply_grants(target_relation, config.get('grants'), should_revoke=should_revoke(existing_relation, full_refresh_mode)) -%}
  {%- if existing_relation is none or existing_relation.is_view or should_full_refresh() -%}
    {%- do create_indexes(target_relation) -%}
  {%- endif -%}
  {%- do persist_docs(target_relation, model) -%}
  {%- do run_hooks(post_hooks, inside_transaction=True) -%}
  {%- do adapter.commit() -%}

  {%- for relation in to_drop -%}
    {%- if not adapter.is_motherduck() -%}
      {%- do drop_indexes_on_relation(relation) -%}
    {%- endif -%}
    {%- do adapter.drop_relation(relation) -%}
  {%- endfor -%}
  {%- do run_hooks(post_hooks, inside_transaction=False) -%}

  {%- do return({'relations': [target_relation]}) -%}
{%- endmaterialization %}
