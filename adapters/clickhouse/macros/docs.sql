{#- Descriptions as comments, of the table and of its columns in one ALTER. -#}

{% macro clickhouse__persist_docs(relation, model, for_relation, for_columns) -%}
  {%- set changes = [] -%}
  {%- if for_relation and config.persist_relation_docs() and model.description -%}
    {%- do changes.append('modify comment ' ~ clickhouse_escape_comment(model.description)) -%}
  {%- endif -%}
  {%- if for_columns and config.persist_column_docs() and model.columns -%}
    {%- set present = adapter.get_columns_in_relation(relation) | map(attribute='name') | list -%}
    {%- for name, column in model.columns.items() if name in present and column['description'] -%}
      {%- do changes.append('comment column `' ~ name ~ '` ' ~ clickhouse_escape_comment(column['description'])) -%}
    {%- endfor -%}
  {%- endif -%}
  {%- if changes -%}
    {%- do run_query(one_alter_relation(relation, changes | join(', '))) -%}
  {%- endif -%}
{%- endmacro %}


{% macro one_alter_relation(relation, alter_comments) %}
  alter table {{ relation }} {{ on_cluster_clause(relation) }} {{ alter_comments }}
{% endmacro %}

{% macro one_alter_column_comment(relation, column_name, comment) %}
  alter table {{ relation }} {{ on_cluster_clause(relation) }} comment column `{{ column_name }}` '{{ comment }}'
{% endmacro %}

{% macro clickhouse__alter_relation_comment(relation, comment) %}
  alter table {{ relation }} {{ on_cluster_clause(relation) }} modify comment '{{ comment }}'
{% endmacro %}


{#- A heredoc of its own: whatever a description contains, but for this very mark, needs no escaping. -#}
{% macro clickhouse_escape_comment(comment) -%}
  {%- set mark = '$dbt_comment_literal_block$' -%}
  {%- if comment is not string -%}
    {%- do exceptions.raise_compiler_error('cannot escape a non-string: ' ~ comment) -%}
  {%- elif mark in comment -%}
    {%- do exceptions.raise_compiler_error('The string ' ~ mark ~ ' is not allowed in comments.') -%}
  {%- endif -%}
  {{ mark }}{{ comment }}{{ mark }}
{%- endmacro %}
