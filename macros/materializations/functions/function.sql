{#- User-defined functions as nodes: the macro that makes one is chosen by its kind and language. -#}
{% materialization function, default, supported_languages=['sql', 'python', 'javascript'] -%}
  {%- set existing_relation = load_cached_relation(this) -%}
  {%- set target_relation = this.incorporate(type=this.Function) -%}
  {%- do run_hooks(pre_hooks) -%}

  {#- Under another name, since the name of a dispatched macro is otherwise expected to be a literal. -#}
  {%- set find_macro = adapter.dispatch -%}
  {%- set build_function = find_macro(this.get_function_macro_name(this.get_function_config(model)), 'dbt') -%}
  {%- set build_sql = build_function(target_relation) -%}
  {%- do function_execute_build_sql(build_sql, existing_relation, target_relation) -%}

  {%- do run_hooks(post_hooks) -%}
  {%- do return({'relations': [target_relation]}) -%}
{%- endmaterialization %}


{% macro function_execute_build_sql(build_sql, existing_relation, target_relation) -%}
  {%- do return(adapter.dispatch('function_execute_build_sql', 'dbt')(build_sql, existing_relation, target_relation)) -%}
{%- endmacro %}

{% macro default__function_execute_build_sql(build_sql, existing_relation, target_relation) -%}
  {%- call statement(name="main") -%}
    {{ build_sql }}
  {%- endcall -%}
  {%- do apply_grants(target_relation, config.get('grants'), should_revoke=should_revoke(existing_relation, full_refresh_mode=True)) -%}
  {%- do persist_docs(target_relation, model) -%}
  {%- do adapter.commit() -%}
{%- endmacro %}
