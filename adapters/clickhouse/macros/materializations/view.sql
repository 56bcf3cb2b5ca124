{#- Replaced in one step; where the database cannot, the new one is made beside the old and takes its name. -#}
{% materialization view, adapter='clickhouse' -%}
  {%- set target_relation = this.incorporate(type='view') -%}
  {%- set existing_relation = load_cached_relation(this) -%}

  {%- do run_hooks(pre_hooks, inside_transaction=False) -%}
  {%- do run_hooks(pre_hooks, inside_transaction=True) -%}

  {%- if existing_relation is none -%}
    {%- do log('Creating new relation ' ~ target_relation.name) -%}
  {%- else -%}
    {%- do log('Relation ' ~ target_relation.name ~ ' already exists, replacing it') -%}
    {%- do clickhouse__drop_associated_mv_if_it_was_automatically_created(target_relation) -%}
  {%- endif -%}

  {%- set beside = existing_relation is not none and not adapter.supports_atomic_exchange() -%}
  {%- set built_relation = make_intermediate_relation(target_relation) if beside else target_relation -%}
  {%- set backup_relation = make_backup_relation(target_relation, existing_relation.type) if beside else none -%}
  {%- if beside -%}
    {%- do clickhouse__drop_leftovers([load_cached_relation(built_relation), load_cached_relation(backup_relation)]) -%}
  {%- endif -%}
  {%- call statement('main') -%}
    {{ get_create_view_as_sql(built_relation, sql) }}
  {%- endcall -%}
  {%- if beside -%}
    {%- do clickhouse__rename_at_once([(existing_relation, backup_relation), (built_relation, target_relation)], target_relation) -%}
  {%- endif -%}

  {%- do apply_grants(target_relation, config.get('grants'), should_revoke=should_revoke(existing_relation, full_refresh_mode=True)) -%}
  {%- do persist_docs(target_relation, model) -%}
  {%- do run_hooks(post_hooks, inside_transaction=True) -%}
  {%- do adapter.commit() -%}
  {%- do drop_relation_if_exists(backup_relation) -%}
  {%- do run_hooks(post_hooks, inside_transaction=False) -%}

  {%- do return({'relations': [target_relation]}) -%}
{%- endmaterialization %}
