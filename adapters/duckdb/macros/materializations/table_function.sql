{#- A view with parameters, as DuckDB's table function: `parameters` names them, as one text or a list. It looks its tables up
    when it is called, so it need not be built again when they change. -#}
{% materialization table_function, adapter='duckdb' -%}
  {%- set target_relation = api.Relation.create(identifier=model['alias'], schema=schema, database=database, type='view') -%}
  {%- set given = config.get('parameters') -%}
  {%- set parameters = '' if not given else (given if given is string or given is number else given | join(', ')) -%}

  {%- do run_hooks(pre_hooks, inside_transaction=False) -%}
  {%- do run_hooks(pre_hooks, inside_transaction=True) -%}

  {%- call statement('main') -%}
    create or replace function {{ target_relation.render() }}({{ parameters }}) as table (
        {{ sql }});
  {%- endcall -%}

  {%- do run_hooks(post_hooks, inside_transaction=True) -%}
  {%- do persist_docs(target_relation, model) -%}
  {%- do adapter.commit() -%}
  {%- do run_hooks(post_hooks, inside_transaction=False) -%}

  {%- do return({'relations': [target_relation]}) -%}
{%- endmaterialization %}
