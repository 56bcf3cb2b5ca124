{#- What is put behind a Python model's own code so that its `dbt` argument has ref, source, config, this and is_incremental. -#}

{% macro resolve_model_name(input_model_name) -%}
  {%- do return(adapter.dispatch('resolve_model_name', 'dbt')(input_model_name)) -%}
{%- endmacro %}

{% macro default__resolve_model_name(input_model_name) -%}
  {{ input_model_name | string }}
{%- endmacro %}


{#- A project's own `ref` may answer a plain string, which has nothing to render. -#}
{% macro build_ref_function(model) -%}
{%- set names = {} -%}
{%- for reference in model.refs -%}
  {%- set version = reference.get('version') -%}
  {%- set path = [reference.get('package'), reference['name']] if reference.get('package') else [reference['name']] -%}
  {%- set relation = ref(*path, v=version) -%}
  {%- if relation.render is defined and relation.render is callable -%}
    {%- set relation = relation.render() -%}
  {%- endif -%}
  {%- set label = (path + ['v' ~ version] if version else path) | join('.') -%}
  {%- do names.update({label: resolve_model_name(relation)}) -%}
{%- endfor -%}
def ref(*args, **kwargs):
    relations = {{ names | tojson }}
    name = ".".join(args)
    version = kwargs.get("v") or kwargs.get("version")
    if version:
        name = f"{name}.v{version}"
    return kwargs.get("dbt_load_df_function")(relations[name])
{%- endmacro %}


{% macro build_source_function(model) -%}
{%- set names = {} -%}
{%- for path in model.sources -%}
  {%- do names.update({path | join('.'): resolve_model_name(source(*path))}) -%}
{%- endfor -%}
def source(*args, dbt_load_df_function):
    relations = {{ names | tojson }}
    return dbt_load_df_function(relations[".".join(args)])
{%- endmacro %}


{#- The values of those keys that the model's code asks for. -#}
{% macro build_config_dict(model) -%}
{%- set configured, meta = {}, {} -%}
{%- for key, fallback in zip(model.config.config_keys_used, model.config.config_keys_defaults) | list -%}
  {%- do configured.update({key: model.config.get(key, fallback)}) -%}
{%- endfor -%}
{%- if model.config.meta_keys_used -%}
  {%- for key, fallback in zip(model.config.meta_keys_used, model.config.meta_keys_defaults) | list -%}
    {%- do meta.update({key: model.config.meta[key] if model.config.meta and key in model.config.meta else fallback}) -%}
  {%- endfor -%}
{%- endif -%}
config_dict = {{ configured }}
meta_dict = {{ meta }}
{%- endmacro %}


{% macro py_script_postfix(model) %}
# COMMAND ----------
# Everything from here on is generated: it stands behind the names that the model's code uses.

{{ build_ref_function(model) }}


{{ build_source_function(model) }}


{{ build_config_dict(model) }}


class config:
    def __init__(self, *args, **kwargs):
        pass

    @staticmethod
    def get(key, default=None):
        return config_dict.get(key, default)

    @staticmethod
    def meta_get(key, default=None):
        return meta_dict.get(key, default)


class this:
    """The relation this model becomes."""
    database = "{{ this.database }}"
    schema = "{{ this.schema }}"
    identifier = "{{ this.identifier }}"

    def __repr__(self):
        return '{{ resolve_model_name(this) }}'


class dbtObj:
    def __init__(self, load_df_function) -> None:
        self.ref = lambda *args, **kwargs: ref(*args, **kwargs, dbt_load_df_function=load_df_function)
        self.source = lambda *args: source(*args, dbt_load_df_function=load_df_function)
        self.config = config
        self.this = this()
        self.is_incremental = {{ is_incremental() }}

# COMMAND ----------
{{ py_script_comment() }}
{% endmacro %}


{#- A note on how to run the code, for adapters that have one. -#}
{% macro py_script_comment() -%}
{%- endmacro %}
