{#- Hooks. OPTIMIZE and VACUUM do a part of their work each time and say so: they are run until it is done. -#}

{% macro run_hooks(hooks, inside_transaction=True) -%}
  {%- for hook in hooks | selectattr('transaction', 'equalto', inside_transaction) -%}
    {%- set hook_sql = render(hook.get('sql')) | trim -%}
    {%- if modules.re.match('optimize\W+\S+\W+rewrite data using bin_pack', hook_sql.lower(), modules.re.MULTILINE) -%}
      {%- do adapter.run_operation_with_potential_multiple_runs(hook_sql, 'optimize') -%}
    {%- elif modules.re.match('vacuum\W+\S+', hook_sql.lower(), modules.re.MULTILINE) -%}
      {%- do adapter.run_operation_with_potential_multiple_runs(hook_sql, 'vacuum') -%}
    {%- elif hook_sql -%}
      {%- call statement(auto_begin=inside_transaction) -%}
        {{ hook_sql }}
      {%- endcall -%}
    {%- endif -%}
  {%- endfor -%}
{%- endmacro %}


{#- Tags and grants of Lake Formation, as the node's config has them. -#}
{% macro athena__apply_lake_formation(relation) -%}
  {%- if config.get('lf_tags_config') is not none -%}
    {%- do adapter.add_lf_tags(relation, config.get('lf_tags_config')) -%}
  {%- endif -%}
  {%- if config.get('lf_grants') is not none -%}
    {%- do adapter.apply_lf_grants(relation, config.get('lf_grants')) -%}
  {%- endif -%}
{%- endmacro %}
