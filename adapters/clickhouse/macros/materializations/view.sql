{#- Replaced in one step, or dropped first where the file system cannot exchange names. -#}
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
    {%- if not adapter.supports_atomic_exchange() -%}
      {%- do drop_relation_if_exists(existing_relation) -%}
    {%- endif -%}
  {%- endif -%}

  {%- call statement('main') -%}
    {{ get_create_view_as_sql(target_relation, sql) }}
  {%- endcall -%}

  {%- do apply_grants(target_relation, config.get('grants'), should_revoke=should_revoke(existing_relation, full_refresh_mode=True)) -%}
  {%- do persist_docs(target_relation, model) -%}
  {%- do run_hooks(post_hooks, inside_transaction=True) -%}
  {%- do adapter.commit() -%}
  {%- do run_hooks(post_hooks, inside_transaction=False) -%}

  {%- do return({'relations': [target_relation]}) -%}
{%- endmaterialization %}
