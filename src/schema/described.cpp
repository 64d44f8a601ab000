// The library's half of <cortex/describe.hpp>: tables of types to schema text, to values and back.

#include "core/json_writer.hpp"
#include "schema/number.hpp"
#include "schema/schema.hpp"
#include "schema/words.hpp"

#include <cortex/detail/shape.hpp>
#include <cortex/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cortex::detail {
namespace {

void write_scalar(JsonWriter& out, const Scalar& scalar) {
    switch (scalar.kind) {
        case Scalar::none: out.null(); break;
        case Scalar::whole: out.integer(scalar.as_whole); break;
        case Scalar::natural: out.raw(std::to_string(scalar.as_natural)); break;
        case Scalar::real: out.number(scalar.as_real); break;
    }
}

/// A float in its own shortest form: 0.1 and not 0.10000000149011612.
void write_real(JsonWriter& out, const Shape& shape, double value) {
    const bool is_float = shape.least.kind != Scalar::none;
    if (is_float && std::isfinite(value))
        out.raw(fmt::format("{}", static_cast<float>(value)));
    else
        out.number(value);
}

void write_value(JsonWriter& out, const Shape& shape, const void* value);

struct Writing {
    JsonWriter* out;
    const Shape* inner;
    bool any = false;
};

void write_part(std::string_view key, const void* part, void* context) {
    auto& writing = *static_cast<Writing*>(context);
    writing.any = true;
    if (writing.inner == nullptr) return;
    if (key.data() != nullptr) writing.out->key(key);
    write_value(*writing.out, *writing.inner, part);
}

void write_value(JsonWriter& out, const Shape& shape, const void* value) {
    Writing writing{&out, shape.inner != nullptr ? &shape.inner() : nullptr};
    switch (shape.kind) {
        case Shape::boolean: out.boolean(*static_cast<const bool*>(value)); break;
        case Shape::integer:
        case Shape::natural: write_scalar(out, shape.load(value)); break;
        case Shape::number: write_real(out, shape, shape.load(value).as_real); break;
        case Shape::text: out.string(*static_cast<const std::string*>(value)); break;
        case Shape::choice: {
            const std::uint64_t place = shape.load(value).as_natural;
            place < shape.name_count ? out.string(shape.names[place]) : out.null();
            break;
        }
        case Shape::maybe:
            shape.each(value, write_part, &writing);
            if (!writing.any) out.null();
            break;
        case Shape::list:
            out.begin_array();
            shape.each(value, write_part, &writing);
            out.end_array();
            break;
        case Shape::map:
            out.begin_object();
            shape.each(value, write_part, &writing);
            out.end_object();
            break;
        case Shape::object:
            out.begin_object();
            for (std::size_t i = 0; i < shape.field_count; ++i) {
                const FieldShape& field = shape.fields[i];
                out.key(field.name);
                // Looked at, not changed: the table has one way to a member for both.
                write_value(out, field.shape(), field.member(const_cast<void*>(value)));   // NOLINT(cppcoreguidelines-pro-type-const-cast)
            }
            out.end_object();
            break;
    }
}

/// Writes the schema of a type. A struct within itself becomes a reference to where its schema began.
class SchemaWriter {
public:
    std::string run(const Shape& shape) {
        write(shape, {}, {}, nullptr, "#");
        return std::move(out_).take();
    }

private:
    struct Default {
        const Shape* shape;
        const void* value;
    };

    void write(const Shape& shape, std::string_view description, const Rules& rules, const Default* preset, const std::string& place) {
        const bool nullable = shape.kind == Shape::maybe;
        const Shape& bare = nullable ? shape.inner() : shape;
        const bool alternatives = nullable && (bare.kind == Shape::object || bare.kind == Shape::maybe);
        out_.begin_object();
        if (alternatives) {
            out_.key("anyOf").begin_array();
            write(bare, {}, rules, nullptr, place + "/anyOf/0");
            out_.begin_object().field("type", "null").end_object();
            out_.end_array();
        } else if (const std::string* begun = place_of(bare)) {
            out_.field("$ref", *begun);
        } else {
            write_type(bare, nullable, rules, place);
        }
        if (!description.empty()) out_.field("description", description);
        if (preset != nullptr) {
            out_.key("default");
            write_value(out_, *preset->shape, preset->value);
        }
        out_.end_object();
    }

    void write_type(const Shape& shape, bool nullable, const Rules& rules, const std::string& place) {
        static constexpr std::string_view names[] = {"boolean", "integer", "integer", "number", "string",
                                                     "string",  "",        "array",   "object", "object"};
        out_.key("type");
        if (nullable)
            out_.begin_array().string(names[shape.kind]).string("null").end_array();
        else
            out_.string(names[shape.kind]);
        switch (shape.kind) {
            case Shape::boolean:
            case Shape::maybe: break;
            case Shape::integer:
            case Shape::natural:
            case Shape::number: write_range(shape, rules); break;
            case Shape::text:
                write_length(rules, "minLength", "maxLength");
                if (!rules.pattern.empty()) out_.field("pattern", rules.pattern);
                break;
            case Shape::choice:
                out_.key("enum").begin_array();
                for (std::size_t i = 0; i < shape.name_count; ++i) out_.string(shape.names[i]);
                if (nullable) out_.null();
                out_.end_array();
                break;
            case Shape::list:
                write_length(rules, "minItems", "maxItems");
                out_.key("items");
                write(shape.inner(), {}, {}, nullptr, place + "/items");
                break;
            case Shape::map:
                write_length(rules, "minProperties", "maxProperties");
                out_.key("additionalProperties");
                write(shape.inner(), {}, {}, nullptr, place + "/additionalProperties");
                break;
            case Shape::object: write_object(shape, place); break;
        }
    }

    void write_range(const Shape& shape, const Rules& rules) {
        Scalar least = shape.least, most = shape.most;
        if (rules.least.kind != Scalar::none) least = rules.least;
        if (rules.most.kind != Scalar::none) most = rules.most;
        if (least.kind != Scalar::none) write_scalar(out_.key("minimum"), least);
        if (most.kind != Scalar::none) write_scalar(out_.key("maximum"), most);
    }

    void write_length(const Rules& rules, std::string_view least, std::string_view most) {
        if (rules.shortest) out_.field(least, static_cast<std::int64_t>(*rules.shortest));
        if (rules.longest) out_.field(most, static_cast<std::int64_t>(*rules.longest));
    }

    void write_object(const Shape& shape, const std::string& place) {
        open_.emplace_back(&shape, place);
        struct Context {
            SchemaWriter* self;
            const Shape* shape;
            const std::string* place;
        } context{this, &shape, &place};
        // An object as its initialisers leave it, for the defaults.
        shape.with_default(
            [](std::string_view, const void* object, void* raw) {
                const auto& inside = *static_cast<Context*>(raw);
                inside.self->write_fields(*inside.shape, *inside.place, const_cast<void*>(object));   // NOLINT(cppcoreguidelines-pro-type-const-cast)
            },
            &context);
        open_.pop_back();
    }

    static bool required(const FieldShape& field) { return field.shape().kind != Shape::maybe && !field.rules.optional; }

    void write_fields(const Shape& shape, const std::string& place, void* object) {
        out_.key("properties").begin_object();
        for (std::size_t i = 0; i < shape.field_count; ++i) {
            const FieldShape& field = shape.fields[i];
            const Default preset{&field.shape(), field.member(object)};
            bool has_default = !required(field);
            if (has_default && preset.shape->kind == Shape::maybe) {
                Writing filled{nullptr, nullptr};
                preset.shape->each(preset.value, write_part, &filled);
                has_default = filled.any;   // "default": null says no more than the absence of the field
            }
            std::string inside = place + "/properties";
            schema::append_token(inside, field.name);
            out_.key(field.name);
            write(field.shape(), field.description, field.rules, has_default ? &preset : nullptr, inside);
        }
        out_.end_object();
        const auto* const end = shape.fields + shape.field_count;
        if (std::any_of(shape.fields, end, required)) {
            out_.key("required").begin_array();
            for (const FieldShape* field = shape.fields; field != end; ++field)
                if (required(*field)) out_.string(field->name);
            out_.end_array();
        }
        out_.field("additionalProperties", false);
    }

    const std::string* place_of(const Shape& shape) const {
        const auto found = std::find_if(open_.begin(), open_.end(), [&shape](const auto& entry) { return entry.first == &shape; });
        return found == open_.end() ? nullptr : &found->second;
    }

    JsonWriter out_;
    std::vector<std::pair<const Shape*, std::string>> open_;
};

Scalar scalar_of(const Shape& shape, const JsonValue& value) {
    Scalar out{.kind = shape.kind == Shape::integer ? Scalar::whole : shape.kind == Shape::natural ? Scalar::natural : Scalar::real};
    // The range was checked, so that no conversion can leave its type.
    if (out.kind == Scalar::whole)
        out.as_whole = static_cast<std::int64_t>(schema::wide(value));
    else if (out.kind == Scalar::natural)
        out.as_natural = static_cast<std::uint64_t>(schema::wide(value));
    else
        out.as_real = static_cast<double>(schema::wide(value));
    return out;
}

/// Takes over a value that has passed the shape's schema.
void fill(const Shape& shape, const JsonValue& value, void* target);

struct Filling {
    const Shape* shape;
    const JsonValue* value;
};

void fill_part(void* part, void* context) {
    const auto& filling = *static_cast<Filling*>(context);
    fill(*filling.shape, *filling.value, part);
}

void fill_parts(const Shape& shape, const JsonValue& value, void* target) {
    const Shape& inner = shape.inner();
    shape.clear(target);
    if (shape.kind == Shape::maybe) {
        if (value.is_null()) return;
        Filling filling{&inner, &value};
        shape.append(target, {}, fill_part, &filling);
    } else if (const JsonArray* items = value.if_array()) {
        for (const JsonValue& item : *items) {
            Filling filling{&inner, &item};
            shape.append(target, {}, fill_part, &filling);
        }
    } else if (const JsonObject* members = value.if_object()) {
        for (const auto& member : *members) {
            Filling filling{&inner, &member.value()};
            shape.append(target, member.key(), fill_part, &filling);
        }
    }
}

void fill(const Shape& shape, const JsonValue& value, void* target) {
    switch (shape.kind) {
        case Shape::boolean:
            if (const bool* truth = value.if_bool()) *static_cast<bool*>(target) = *truth;
            break;
        case Shape::integer:
        case Shape::natural:
        case Shape::number: shape.store(target, scalar_of(shape, value)); break;
        case Shape::text:
            if (const auto* text = value.if_string()) *static_cast<std::string*>(target) = json_view(*text);
            break;
        case Shape::choice:
            if (const auto* text = value.if_string()) {
                const auto* const end = shape.names + shape.name_count;
                const auto* const found = std::find(shape.names, end, json_view(*text));
                if (found != end) shape.store(target, Scalar::of(static_cast<std::uint64_t>(found - shape.names)));
            }
            break;
        case Shape::maybe:
        case Shape::list:
        case Shape::map: fill_parts(shape, value, target); break;
        case Shape::object:
            if (const JsonObject* members = value.if_object())
                for (std::size_t i = 0; i < shape.field_count; ++i) {
                    const FieldShape& field = shape.fields[i];
                    if (const JsonValue* member = members->if_contains(field.name)) fill(field.shape(), *member, field.member(target));
                }
            break;
    }
}

}  // namespace

std::string schema_text(const Shape& shape) { return SchemaWriter().run(shape); }

std::string encode(const Shape& shape, const void* value) {
    JsonWriter out;
    write_value(out, shape, value);
    return std::move(out).take();
}

struct Decoder::State {
    schema::Schema schema;
};

Decoder::Decoder(const Shape& shape) : shape_(&shape) {
    auto compiled = schema::Schema::compile(schema_text(shape));
    if (!compiled) throw_error(std::move(compiled).error());
    state_ = std::make_shared<const State>(State{std::move(*compiled)});
}

std::string Decoder::try_decode(std::string_view json, void* value) const {
    JsonParser parser;
    const JsonValue* parsed = parser.parse(json);
    if (parsed == nullptr) {
        if (parser.cut()) return "the value is not JSON: the text ends too early";
        return fmt::format("the value is not JSON, or is nested deeper than {} levels", JsonParser::max_depth);
    }
    if (const auto violation = state_->schema.check(*parsed)) return violation->sentence();
    fill(*shape_, *parsed, value);
    return {};
}

void Decoder::decode(std::string_view json, void* value) const {
    if (std::string wrong = try_decode(json, value); !wrong.empty()) throw_error({.code = ErrorCode::config, .message = std::move(wrong)});
}

}  // namespace cortex::detail
