{#- External tables of sources: `tsdbt run-operation stage_external_sources` makes those that a source's `external` describes, and
    brings those that are there up to date. Only their entries in Glue are ever replaced: the data is somebody else's.

      - name: prices
        external:
          location: s3://bucket/prices/
          row_format: serde 'org.openx.data.jsonserde.JsonSerDe'      # or file_format: parquet
          tbl_properties: { ignore.malformed.json: 'true' }
          partitions:
            - { name: day, data_type: string, projection: { type: date, range: '2024-01-01,NOW', format: yyyy-MM-dd } }
        columns: [{ name: id, data_type: int }]

    `select` names sources (`shop` or `shop.prices`), apart by spaces; the variable `ext_full_refresh` makes all of them anew. -#}
{% macro stage_external_sources(select=none) -%}
  {%- set wanted = select.split() if select else [] -%}
  {%- for source in graph.sources.values() if source.external and source.external.location -%}
    {%- if not wanted or source.source_name in wanted or source.source_name ~ '.' ~ source.name in wanted -%}
      {%- do athena__stage_external_source(source) -%}
    {%- endif -%}
  {%- endfor -%}
{%- endmacro %}


{% macro athena__stage_external_source(source) -%}
  {%- set relation = api.Relation.create(database=source.database, schema=source.schema, identifier=source.identifier, type='table') -%}
  {%- set partitions = source.external.partitions or [] -%}
  {%- set keys = partitions | map(attribute='name') | list -%}
  {%- set columns = [] -%}
  {%- for column in source.columns.values() if column.name not in keys -%}
    {%- do columns.append(column) -%}
  {%- endfor -%}
  {%- set known = adapter.get_glue_table(relation) -%}

  {%- if known is not none and not var('ext_full_refresh', false) and not athena__external_differs(known['Table'], columns, partitions, source.external.location) -%}
    {%- set is_projected = known['Table'].get('Parameters', {}).get('projection.enabled') == 'true' -%}
    {%- if partitions and not is_projected -%}
      {%- do run_query('msck repair table ' ~ relation.render_hive()) -%}
    {%- endif -%}
    {%- do log(relation ~ ' is as it should be' ~ (', its partitions were looked for' if partitions and not is_projected), info=true) -%}
  {%- else -%}
    {%- do create_schema(relation) if not adapter.check_schema_exists(relation.database, relation.schema) -%}
    {%- do adapter.delete_from_glue_catalog(relation) if known is not none -%}
    {%- do run_query(athena__create_external_table(relation, columns, partitions, source.external)) -%}
    {%- set is_projected = partitions | selectattr('projection', 'defined') | list | length > 0 -%}
    {%- do run_query('msck repair table ' ~ relation.render_hive()) if partitions and not is_projected -%}
    {%- do log(relation ~ (' was made anew' if known is not none else ' was made'), info=true) -%}
  {%- endif -%}
{%- endmacro %}


{% macro athena__create_external_table(relation, columns, partitions, external) -%}
  {%- set properties = {} -%}
  {%- do properties.update(external.tbl_properties or {}) -%}
  {%- for partition in partitions if partition.projection is defined -%}
    {%- do properties.update({'projection.enabled': 'true'}) -%}
    {%- for key, value in partition.projection.items() -%}
      {%- do properties.update({'projection.' ~ partition.name ~ '.' ~ key: value}) -%}
    {%- endfor -%}
  {%- endfor %}
    create external table {{ relation.render_hive() }} (
      {%- for column in columns %}
      `{{ column.name }}` {{ ddl_data_type(column.data_type) }}{{ ',' if not loop.last }}
      {%- endfor %}
    )
    {%- if partitions %}
    partitioned by ({% for key in partitions %}`{{ key.name }}` {{ ddl_data_type(key.data_type) }}{{ ', ' if not loop.last }}{% endfor %})
    {%- endif %}
    {%- if external.row_format %}
    row format {{ external.row_format }}
    {%- endif %}
    {%- if external.file_format %}
    stored as {{ external.file_format }}
    {%- endif %}
    location '{{ external.location }}'
    {%- if properties %}
    tblproperties ({% for key, value in properties.items() %}'{{ key }}'='{{ value }}'{{ ', ' if not loop.last }}{% endfor %})
    {%- endif %}
{%- endmacro %}


{#- Whether Glue has other columns, partitions or another place than the source's YAML. -#}
{% macro athena__external_differs(table, columns, partitions, location) -%}
  {%- set storage = table['StorageDescriptor'] -%}
  {%- set found = [storage['Location'].rstrip('/')] -%}
  {%- for column in storage['Columns'] + table.get('PartitionKeys', []) -%}
    {%- do found.append(column['Name'] ~ ' ' ~ column['Type']) -%}
  {%- endfor -%}
  {%- set wanted = [location.rstrip('/')] -%}
  {%- for column in columns + partitions -%}
    {%- do wanted.append(column.name | lower ~ ' ' ~ ddl_data_type(column.data_type | lower)) -%}
  {%- endfor -%}
  {%- do return(found != wanted) -%}
{%- endmacro %}
