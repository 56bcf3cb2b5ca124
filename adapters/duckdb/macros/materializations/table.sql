{#- Built beside the standing table and swapped in by renaming. A table with foreign keys is instead built in place, within the
    transaction: DuckDB would keep referring to the name it was created under. -#}
{% materialization table, adapter="duckdb", supported_languages=['sql', 'python'] -%}
  {%- set language = model['language'] -%}
  {%- set target_relation = this.incorporate(type='table') -%}
  {%- set existing_relation = load_cached_relation(this) -%}
  {%- set intermediate_relation = make_intermediate_relation(target_relation) -%}
  {%- set backup_relation = make_backup_relation(target_relation, 'table' if existing_relation is none else existing_relation.type) -%}
  {%- set leftovers = [load_cached_relation(intermediate_relation), load_cached_relation(backup_relation)] -%}
  {%- set alters_after_commit = adapter.use_ducklake_table_workarounds(target_relation) -%}
  {%- set in_place = has_foreign_key_constraints(existing_relation) -%}

  {%- for leftover in leftovers -%}
    {%- do drop_relation_if_exists(leftover) -%}
  {%- endfor -%}
  {%- do run_hooks(pre_hooks, inside_transaction=False) -%}
  {%- do run_hooks(pre_hooks, inside_transaction=True) -%}

  {%- set partitioned_by = duckdb__get_partitioned_by(target_relation, false) -%}
  {%- set sorted_by = duckdb__get_sorted_by(target_relation, false) -%}
  {%- set dependents = [] -%}
  {%- if in_place and existing_relation is not none -%}
    {%- set dependents = drop_relation_for_rebuild(existing_relation) -%}
  {%- endif -%}

  {%- call statement('main', language=language) -%}
    {{- create_table_as(False, target_relation if in_place else intermediate_relation, compiled_code, language, partitioned_by=partitioned_by, sorted_by=sorted_by) }}
  {%- endcall -%}

  {%- if not in_place -%}
    {%- if existing_relation is not none -%}
      {%- do drop_indexes_on_relation(existing_relation) -%}
      {%- if existing_relation.is_table and may_be_foreign_key_target(existing_relation) -%}
        {%- set dependents = drop_foreign_key_dependents(existing_relation) -%}
      {%- endif -%}
      {#- While a renamed table's indexes are still seen by older transactions, every question about indexes fails in those ("Table with
          name … does not exist"), and so would models built at the same time: one that had indexes is dropped, in the transaction. -#}
      {%- set dropped = load_result('dropped_indexes') -%}
      {%- if dropped is not none and dropped.table | length > 0 -%}
        {%- do adapter.ensure_transaction() -%}
        {%- do adapter.drop_relation(existing_relation) -%}
      {%- else -%}
        {%- do adapter.rename_relation(existing_relation, backup_relation) -%}
      {%- endif -%}
    {%- endif -%}
    {%- do adapter.rename_relation(intermediate_relation, target_relation) -%}
  {%- endif -%}
  {%- do restore_foreign_key_dependents(dependents) -%}
  {%- do create_indexes(target_relation) -%}

  {%- do run_hooks(post_hooks, inside_transaction=True) -%}
  {%- do apply_grants(target_relation, config.get('grants'), should_revoke=should_revoke(existing_relation, full_refresh_mode=True)) -%}
  {%- if not alters_after_commit -%}
    {%- do persist_docs(target_relation, model) -%}
  {%- endif -%}
  {%- do adapter.commit() -%}

  {#- Older DuckLakes lose the layout when a table is renamed, and cannot comment on it in the same transaction. -#}
  {%- if alters_after_commit -%}
    {%- if partitioned_by -%}
      {%- call statement('reassert_partitioned_by', auto_begin=False) -%}
        {{ duckdb__alter_table_set_partitioned_by(target_relation, partitioned_by) }}
      {%- endcall -%}
    {%- endif -%}
    {%- if sorted_by -%}
      {%- call statement('reassert_sorted_by', auto_begin=False) -%}
        {{ duckdb__alter_table_set_sorted_by(target_relation, sorted_by) }}
      {%- endcall -%}
    {%- endif -%}
    {%- do persist_docs(target_relation, model) -%}
  {%- endif -%}

  {%- do drop_relation_if_exists(backup_relation) -%}
  {%- do run_hooks(post_hooks, inside_transaction=False) -%}

  {%- do return({'relations': [target_relation]}) -%}
{%- endmaterialization %}
