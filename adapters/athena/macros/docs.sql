{#- Descriptions and meta go to Glue, columns' comments as well. -#}

{% macro athena__persist_docs(relation, model, for_relation=true, for_columns=true) -%}
  {%- set of_relation = for_relation and config.persist_relation_docs() -%}
  {%- set of_columns = for_columns and config.persist_column_docs() and model.columns -%}
  {%- if of_columns -%}
    {%- set names = adapter.get_columns_in_relation(relation) | map(attribute='name') | list -%}
    {%- do validate_doc_columns(relation, model.columns, names) -%}
  {%- endif -%}
  {%- if of_relation or of_columns -%}
    {%- do adapter.persist_docs_to_glue(
      relation=relation,
      model=model,
      persist_relation_docs=of_relation,
      persist_column_docs=of_columns,
      skip_archive_table_version=true
    ) -%}
  {%- endif -%}
{%- endmacro %}
