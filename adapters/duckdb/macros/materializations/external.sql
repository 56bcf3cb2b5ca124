{#- The model's rows in a file, and a view that reads it. They are built as a table first, which is written out and dropped at the
    end. An empty table is written as one row of nulls, so that the file has its columns; the view leaves it out. -#}
{% materialization external, adapter="duckdb", supported_languages=['sql', 'python'] -%}
  {%- set location = render(config.get('location', default=external_location(this, config))) -%}
  {%- set options = render_write_options(config) -%}
  {%- set write_options = adapter.external_write_options(location, options) -%}
  {%- set read_location = adapter.external_read_location(location, options) -%}

  {%- set formats = ['csv', 'parquet', 'json'] -%}
  {%- set format = config.get('format') -%}
  {%- if format and format not in formats -%}
    {%- do exceptions.raise_compiler_error("Invalid format: " ~ format ~ ". Allowed formats are: " ~ formats | join(', ')) -%}
  {%- elif not format -%}
    {%- set written = options['format'] | lower -%}
    {%- set format = written if written in formats else 'parquet' -%}
  {%- endif -%}
  {%- if format == 'parquet' -%}
    {%- set read_options = config.get('parquet_read_options', {'union_by_name': False}) -%}
  {%- else -%}
    {#- The compression is told, since it is guessed only from an extension in lower case. -#}
    {%- set read_options = config.get(format ~ '_read_options', {'auto_detect': True}) -%}
    {%- if options.get('compression') and 'compression' not in read_options -%}
      {%- set read_options = dict(read_options, compression=options['compression']) -%}
    {%- endif -%}
  {%- endif -%}

  {%- set language = model['language'] -%}
  {%- set target_relation = this.incorporate(type='view') -%}
  {%- set existing_relation = load_cached_relation(this) -%}
  {%- set temp_relation = make_intermediate_relation(this.incorporate(type='table'), suffix='__dbt_tmp') -%}
  {%- set intermediate_relation = make_intermediate_relation(target_relation, suffix='__dbt_int') -%}
  {%- set backup_relation = make_backup_relation(target_relation, 'table' if existing_relation is none else existing_relation.type) -%}
  {%- set leftovers = [load_cached_relation(intermediate_relation), load_cached_relation(temp_relation), load_cached_relation(backup_relation)] -%}
  {%- for leftover in leftovers -%}
    {%- do drop_relation_if_exists(leftover) -%}
  {%- endfor -%}

  {%- do run_hooks(pre_hooks, inside_transaction=False) -%}
  {%- do run_hooks(pre_hooks, inside_transaction=True) -%}

  {%- call statement('create_table', language=language) -%}
    {{- create_table_as(False, temp_relation, compiled_code, language) }}
  {%- endcall -%}

  {%- set is_empty = run_query('select count(*) as row_count from ' ~ temp_relation)[0][0] == 0 -%}
  {%- set columns = get_columns_in_relation(temp_relation) if is_empty else [] -%}
  {%- if is_empty -%}
    {%- call statement('main', language='sql') -%}
    insert into {{ temp_relation }} values ({{ 'NULL,' * (columns | length) }})
    {%- endcall -%}
  {%- endif -%}
  {%- do write_to_file(temp_relation, location, write_options) -%}

  {%- call statement('main', language='sql') -%}
      create or replace view {{ intermediate_relation }} as (
        select * from read_{{ format }}('{{ read_location }}'
        {%- for key, value in read_options.items() -%}
          , {{ key }}={{ "'" ~ value ~ "'" if value is string else value }}
        {%- endfor -%}
        )
        {%- if is_empty %}
          where 1
          {%- for column in columns %} AND "{{ column.column }}" is not NULL{% endfor %}
        {%- endif %}
      );
  {%- endcall -%}

  {%- if existing_relation is not none -%}
    {%- do adapter.rename_relation(existing_relation, backup_relation) -%}
  {%- endif -%}
  {%- do adapter.rename_relation(intermediate_relation, target_relation) -%}

  {%- do run_hooks(post_hooks, inside_transaction=True) -%}
  {%- do apply_grants(target_relation, config.get('grants'), should_revoke=should_revoke(existing_relation, full_refresh_mode=True)) -%}
  {%- do persist_docs(target_relation, model) -%}
  {%- do adapter.commit() -%}
  {%- do drop_relation_if_exists(backup_relation) -%}
  {%- do drop_relation_if_exists(temp_relation) -%}

  {%- set plugin = 'glue|' ~ config.get('glue_database', 'default') if config.get('glue_register', default=false) else config.get('plugin') -%}
  {%- if plugin is not none -%}
    {%- do store_relation(plugin, target_relation, location, format, config) -%}
  {%- endif -%}
  {%- do run_hooks(post_hooks, inside_transaction=False) -%}

  {%- do return({'relations': [target_relation]}) -%}
{%- endmaterialization %}
