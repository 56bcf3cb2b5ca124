{#- The local tables are rebuilt and swapped in, the distributed one is made anew over them and filled. A view over the query, which
    is dropped at the end, tells the columns. -#}
{% materialization distributed_table, adapter='clickhouse' -%}
  {%- if run_query("SELECT value FROM system.settings WHERE name = 'insert_distributed_sync'")[0][0] != '1' -%}
    {%- do exceptions.raise_compiler_error('To use distributed materialization setting insert_distributed_sync should be set to 1') -%}
  {%- endif -%}
  {%- set target_relation = this.incorporate(type='table') -%}
  {%- set existing_relation = load_cached_relation(this) -%}
  {%- if on_cluster_clause(target_relation).strip() == '' -%}
    {%- do exceptions.raise_compiler_error('To use distributed materialization cluster setting in dbt profile must be set') -%}
  {%- endif -%}
  {%- do validate_projections() -%}

  {%- set local_path = {
    'identifier': this.identifier ~ adapter.get_clickhouse_local_suffix(),
    'schema': adapter.get_clickhouse_local_db_prefix() ~ this.schema
  } -%}
  {%- set target_local = target_relation.incorporate(path=local_path) -%}
  {%- set shape_view = default__make_temp_relation(target_relation, '__dbt_tmp') -%}
  {%- set backup_relation = none -%}
  {%- set leftovers = [] -%}
  {%- if existing_relation is not none -%}
    {%- set existing_local = existing_relation.incorporate(path=local_path) -%}
    {%- set backup_relation = make_backup_relation(target_local, existing_local.type) -%}
    {%- set intermediate_relation = make_intermediate_relation(target_local) -%}
    {%- do leftovers.append(none if existing_relation.can_exchange else load_cached_relation(intermediate_relation)) -%}
    {%- do leftovers.append(load_cached_relation(backup_relation)) -%}
  {%- endif -%}
  {%- set filling_relation = clickhouse__make_temp_relation(target_relation, '__dbt_fill') -%}
  {%- do leftovers.append(load_cached_relation(filling_relation)) -%}
  {%- do leftovers.append(load_cached_relation(clickhouse__make_temp_relation(target_relation, '__dbt_next'))) -%}
  {%- do leftovers.append(load_cached_relation(make_backup_relation(target_relation, 'table'))) -%}
  {%- for leftover in leftovers + [shape_view] -%}
    {%- do drop_relation_if_exists(leftover) -%}
  {%- endfor -%}

  {%- do run_hooks(pre_hooks, inside_transaction=False) -%}
  {%- call statement('main') -%}
    {{ create_view_as(shape_view, sql) }}
  {%- endcall -%}
  {%- do run_hooks(pre_hooks, inside_transaction=True) -%}

  {%- set contracted = config.get('contract').enforced -%}
  {%- if existing_relation is none -%}
    {%- do create_distributed_local_table(target_relation, target_local, shape_view, none, contracted) -%}
    {%- do run_query(create_distributed_table(target_relation, target_local)) -%}
    {%- do run_query(clickhouse__insert_into(target_relation, sql, contracted)) -%}
  {%- else -%}
    {#- Filled through a distributed table of their own before they take the old ones' place. -#}
    {%- set exchanges = existing_relation.can_exchange -%}
    {%- set new_local = backup_relation if exchanges else intermediate_relation -%}
    {%- call statement('main') -%}
      {{ create_empty_table_from_relation(new_local, shape_view) }}
    {%- endcall -%}
    {%- do run_query(create_distributed_table(filling_relation, new_local)) -%}
    {%- do run_query(clickhouse__insert_into(filling_relation, sql, contracted)) -%}
    {%- do clickhouse__swap_distributed(target_relation, target_local, new_local, make_backup_relation(target_relation, 'table'), backup_relation, exchanges) -%}
    {%- do adapter.drop_relation(filling_relation) -%}
  {%- endif -%}
  {%- do drop_relation_if_exists(shape_view) -%}

  {%- set revokes = should_revoke(existing_relation, full_refresh_mode=True) -%}
  {%- do apply_grants(target_local, config.get('grants'), should_revoke=revokes) -%}
  {%- do apply_grants(target_relation, config.get('grants'), should_revoke=revokes) -%}
  {%- do persist_docs(target_relation, model) -%}
  {%- do run_hooks(post_hooks, inside_transaction=True) -%}
  {%- do adapter.commit() -%}
  {%- do drop_relation_if_exists(backup_relation) -%}
  {%- do run_hooks(post_hooks, inside_transaction=False) -%}

  {%- do return({'relations': [target_relation]}) -%}
{%- endmaterialization %}
