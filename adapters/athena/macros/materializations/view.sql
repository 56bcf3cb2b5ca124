{#- A view is replaced in one step. Glue keeps each former definition: `versions_to_keep` of them stay. -#}
{% materialization view, adapter='athena' -%}
  {%- set target_relation = api.Relation.create(identifier=model['alias'], schema=schema, database=database, type='view') -%}
  {%- set answer = create_or_replace_view(run_outside_transaction_hooks=False) -%}
  {%- do adapter.expire_glue_table_versions(target_relation, config.get('versions_to_keep', default=4), False) -%}
  {%- do persist_docs(this.incorporate(type='view'), model) -%}
  {%- do return(answer) -%}
{%- endmaterialization %}


{% macro create_or_replace_view(run_outside_transaction_hooks=True) -%}
  {%- set identifier = model['alias'] -%}
  {%- set old_relation = adapter.get_relation(database=database, schema=schema, identifier=identifier) -%}
  {%- set target_relation = api.Relation.create(identifier=identifier, schema=schema, database=database, type='view') -%}

  {%- do run_hooks(pre_hooks, inside_transaction=False) if run_outside_transaction_hooks -%}
  {%- do run_hooks(pre_hooks, inside_transaction=True) -%}
  {%- do handle_existing_table(should_full_refresh(), old_relation) if old_relation is not none and old_relation.is_table -%}

  {%- call statement('main') -%}
    {{ create_view_as(target_relation, compiled_code) }}
  {%- endcall -%}

  {%- do athena__apply_lake_formation(target_relation) -%}
  {%- do run_hooks(post_hooks, inside_transaction=True) -%}
  {%- do adapter.commit() -%}
  {%- do run_hooks(post_hooks, inside_transaction=False) if run_outside_transaction_hooks -%}
  {%- do return({'relations': [target_relation]}) -%}
{%- endmacro %}
