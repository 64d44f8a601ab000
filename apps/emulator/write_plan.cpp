#include "write_plan.hpp"

#include "gzip.hpp"

#include <algorithm>

namespace emulator {

namespace {

std::string_view reason_of(int status) {
    switch (status) {
        case 200: return "OK";
        case 400: return "Bad Request";
        case 401: return "Unauthorized";
        case 402: return "Payment Required";
        case 403: return "Forbidden";
        case 404: return "Not Found";
        case 405: return "Method Not Allowed";
        case 409: return "Conflict";
        case 413: return "Content Too Large";
        case 429: return "Too Many Requests";
        case 500: return "Internal Server Error";
        case 502: return "Bad Gateway";
        case 503: return "Service Unavailable";
        case 504: return "Gateway Timeout";
        default: return "Status";
    }
}

// An event that holds a character of several bytes is written in two halves that meet inside the character: a client that
// decodes each read on its own shows it.
std::vector<std::string> split_characters(std::vector<std::string> pieces) {
    std::vector<std::string> result;
    result.reserve(pieces.size());
    for (std::string& piece : pieces) {
        const auto wide = std::find_if(piece.begin(), piece.end(),
                                       [](char c) { return (static_cast<unsigned char>(c) & 0x80U) != 0; });
        if (wide == piece.end()) {
            result.push_back(std::move(piece));
        } else {
            const auto at = static_cast<std::size_t>(wide - piece.begin()) + 1;
            result.push_back(piece.substr(0, at));
            result.push_back(piece.substr(at));
        }
    }
    return result;
}

std::vector<std::string> resized(const std::vector<std::string>& pieces, std::size_t size) {
    std::string all;
    for (const std::string& piece : pieces) {
        all += piece;
    }
    std::vector<std::string> result;
    for (std::size_t at = 0; at < all.size(); at += size) {
        result.push_back(all.substr(at, size));
    }
    return result;
}

std::vector<std::string> compressed(const std::vector<std::string>& pieces) {
    GzipWriter gzip;
    std::vector<std::string> result;
    for (const std::string& piece : pieces) {
        result.push_back(gzip.add(piece));
    }
    result.push_back(gzip.finish());
    return result;
}

std::string chunk(const std::string& body) {
    char size[20];
    const int length = std::snprintf(size, sizeof size, "%zx\r\n", body.size());
    return std::string(size, static_cast<std::size_t>(length)) + body + "\r\n";
}

}  // namespace

WritePlan plan_writes(const Reply& reply, bool keep_alive) {
    const Delivery& delivery = reply.delivery;
    WritePlan plan;
    if (delivery.drop) {
        plan.end = delivery.reset ? PlanEnd::reset : PlanEnd::close;
        return plan;
    }
    std::vector<std::string> pieces = reply.pieces;
    if (delivery.gzip) {
        pieces = compressed(pieces);
    }
    if (delivery.chunk_bytes > 0) {
        pieces = resized(pieces, delivery.chunk_bytes);
    } else if (reply.stream && !delivery.gzip) {
        pieces = split_characters(std::move(pieces));
    }
    std::erase_if(pieces, [](const std::string& piece) { return piece.empty(); });
    std::size_t total = 0;
    for (const std::string& piece : pieces) {
        total += piece.size();
    }
    plan.head = "HTTP/1.1 " + std::to_string(reply.status) + " " + std::string(reason_of(reply.status)) + "\r\n";
    for (const auto& [name, value] : reply.headers) {
        plan.head += name + ": " + value + "\r\n";
    }
    if (delivery.gzip) {
        plan.head += "content-encoding: gzip\r\n";
    }
    plan.head += reply.stream ? "transfer-encoding: chunked\r\n" : "content-length: " + std::to_string(total) + "\r\n";
    plan.head += keep_alive ? "connection: keep-alive\r\n\r\n" : "connection: close\r\n\r\n";
    plan.end = keep_alive ? PlanEnd::keep_alive : PlanEnd::close;

    std::size_t limit = total;
    if (delivery.cut_after_bytes && *delivery.cut_after_bytes < total) {
        limit = *delivery.cut_after_bytes;
        plan.end = delivery.reset ? PlanEnd::reset : PlanEnd::close;
    } else if (delivery.cut_after_bytes) {  // a short answer is cut just before its end
        limit = total == 0 ? 0 : total - 1;
        plan.end = delivery.reset ? PlanEnd::reset : PlanEnd::close;
    }
    if (delivery.hang_after_bytes) {
        limit = std::min(*delivery.hang_after_bytes, total == 0 ? 0 : total - 1);
        plan.end = PlanEnd::hang;
    }
    const bool whole = !delivery.cut_after_bytes && !delivery.hang_after_bytes;
    for (std::string& piece : pieces) {
        if (limit == 0) {
            break;
        }
        const std::size_t size = std::min(limit, piece.size());
        limit -= size;
        piece.resize(size);
        plan.body_bytes.push_back(size);
        plan.writes.push_back(reply.stream ? chunk(piece) : std::move(piece));
    }
    if (whole && reply.stream) {
        if (plan.writes.empty()) {
            plan.writes.emplace_back("0\r\n\r\n");
            plan.body_bytes.push_back(0);
        } else {
            plan.writes.back() += "0\r\n\r\n";
        }
    }
    return plan;
}

}  // namespace emulator
