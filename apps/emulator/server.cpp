#include "server.hpp"

#include "write_plan.hpp"

#include <boost/asio.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

#include <array>
#include <optional>

namespace emulator {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using tcp = asio::ip::tcp;

namespace {

// Above the service's own limit of 32 MB, so that a body that is too large is answered with 413 and not with a reset.
constexpr std::uint64_t body_limit = 128ULL * 1024 * 1024;
constexpr std::size_t read_size = 64UL * 1024;

struct Shared {
    Service& service;
    ServerStats stats;
};

tcp::socket& socket_of(tcp::socket& stream) { return stream; }

tcp::socket& socket_of(asio::ssl::stream<tcp::socket>& stream) { return stream.next_layer(); }

// One connection. A read is always under way, also while a reply is written: it is how an early leave is noticed.
template <class Stream>
class Connection : public std::enable_shared_from_this<Connection<Stream>> {
public:
    Connection(Stream stream, Shared& shared)
        : stream_(std::move(stream)), timer_(stream_.get_executor()), shared_(shared) {
        number_ = ++shared_.stats.connections;
        ++shared_.stats.open;
        reset_parser();
    }

    ~Connection() {
        leave();
        --shared_.stats.open;
    }

    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    void start() {
        boost::system::error_code ignored;
        socket_of(stream_).set_option(tcp::no_delay(true), ignored);
        if constexpr (std::is_same_v<Stream, asio::ssl::stream<tcp::socket>>) {
            stream_.async_handshake(asio::ssl::stream_base::server,
                                    [self = this->shared_from_this()](const boost::system::error_code& error) {
                                        if (!error) {
                                            self->read();
                                        }
                                    });
        } else {
            read();
        }
    }

private:
    void reset_parser() {
        parser_.emplace();
        parser_->body_limit(body_limit);
        parser_->header_limit(256 * 1024);
        parser_->eager(true);
        told_to_continue_ = false;
    }

    void read() {
        stream_.async_read_some(buffer_.prepare(read_size),
                                [self = this->shared_from_this()](const boost::system::error_code& error,
                                                                  std::size_t count) { self->on_read(error, count); });
    }

    void on_read(const boost::system::error_code& error, std::size_t count) {
        if (error) {
            gone_ = true;
            leave();
            boost::system::error_code ignored;
            socket_of(stream_).close(ignored);
            timer_.cancel();
            return;
        }
        buffer_.commit(count);
        if (!answering_) {
            parse();
        }
        if (!closing_ && buffer_.size() < body_limit) {
            read();
        }
    }

    void parse() {
        while (buffer_.size() > 0 && !answering_) {
            boost::system::error_code error;
            const std::size_t used = parser_->put(buffer_.data(), error);
            buffer_.consume(used);
            if (error == http::error::need_more) {
                error = {};
                if (used == 0) {
                    break;
                }
            }
            if (error) {
                refuse_request(error);
                return;
            }
            if (parser_->is_header_done() && !parser_->is_done()) {
                grant_continue();
            }
            if (parser_->is_done()) {
                answer();
            }
        }
    }

    void grant_continue() {
        if (!told_to_continue_ && beast::iequals(parser_->get()[http::field::expect], "100-continue")) {
            told_to_continue_ = true;
            auto line = std::make_shared<std::string>("HTTP/1.1 100 Continue\r\n\r\n");
            asio::async_write(
                stream_, asio::buffer(*line),
                [line, self = this->shared_from_this()](const boost::system::error_code&, std::size_t) {});
        }
    }

    void refuse_request(const boost::system::error_code& error) {
        Reply reply;
        reply.status = error == http::error::body_limit ? 413 : 400;
        reply.headers = {{"content-type", "text/plain"}};
        reply.pieces = {error.message() + "\n"};
        answering_ = true;
        send(reply, false);
    }

    void answer() {
        auto message = parser_->release();
        HttpRequest request;
        request.method = std::string(message.method_string());
        request.target = std::string(message.target());
        for (const auto& field : message) {
            request.headers.emplace_back(std::string(field.name_string()), std::string(field.value()));
        }
        request.body = std::move(message.body());
        request.connection = number_;
        answering_ = true;
        const Reply reply = shared_.service.answer(request, shared_.stats, record_);
        if (record_) {  // control routes do not count
            in_flight_ = true;
            ++shared_.stats.in_flight;
            shared_.stats.in_flight_max = std::max(shared_.stats.in_flight_max, shared_.stats.in_flight);
        }
        send(reply, message.keep_alive());
    }

    void send(const Reply& reply, bool keep_alive) {
        plan_ = plan_writes(reply, keep_alive);
        next_write_ = 0;
        gap_ = std::chrono::milliseconds(reply.delivery.gap_ms);
        after(std::chrono::milliseconds(reply.delivery.delay_ms), [this] { write_head(); });
    }

    template <class Next>
    void after(std::chrono::milliseconds wait, Next next) {
        if (wait.count() == 0) {
            next();
            return;
        }
        timer_.expires_after(wait);
        timer_.async_wait([self = this->shared_from_this(), next](const boost::system::error_code& error) {
            if (!error && !self->gone_) {
                next();
            }
        });
    }

    void write_head() {
        // The first write rides with the head, unless something is to happen between them.
        if (plan_.head.empty()) {
            end();
            return;
        }
        std::size_t body = 0;
        if (next_write_ < plan_.writes.size() && gap_.count() == 0) {
            plan_.head += plan_.writes[next_write_];
            body = plan_.body_bytes[next_write_];
            ++next_write_;
        }
        write(plan_.head, body);
    }

    void write(const std::string& bytes, std::size_t body) {
        asio::async_write(stream_, asio::buffer(bytes),
                          [self = this->shared_from_this(), body](const boost::system::error_code& error, std::size_t) {
                              if (error || self->gone_) {
                                  self->gone_ = true;
                                  self->leave();
                                  return;
                              }
                              if (self->record_) {
                                  self->record_->bytes_sent += body;
                              }
                              self->write_next();
                          });
    }

    void write_next() {
        if (next_write_ == plan_.writes.size()) {
            end();
            return;
        }
        after(gap_, [this] {
            const std::size_t index = next_write_++;
            write(plan_.writes[index], plan_.body_bytes[index]);
        });
    }

    void end() {
        if (plan_.end == PlanEnd::hang) {
            return;  // the pending read keeps the connection until the client leaves
        }
        finish_record(false);
        if (plan_.end == PlanEnd::keep_alive) {
            answering_ = false;
            reset_parser();
            parse();
            return;
        }
        closing_ = true;
        boost::system::error_code ignored;
        tcp::socket& socket = socket_of(stream_);
        if (plan_.end == PlanEnd::reset) {
            socket.set_option(asio::socket_base::linger(true, 0), ignored);
            socket.close(ignored);
        } else {
            // The client may still be sending; what it sends is read and forgotten until it closes too.
            socket.shutdown(tcp::socket::shutdown_send, ignored);
            closing_ = false;
            after(std::chrono::seconds(2), [this] {
                boost::system::error_code nothing;
                socket_of(stream_).close(nothing);
            });
        }
    }

    void finish_record(bool disconnected) {
        if (record_) {
            record_->disconnected = disconnected;
            shared_.service.finish(record_);
            record_.reset();
        }
        if (in_flight_) {
            in_flight_ = false;
            --shared_.stats.in_flight;
        }
    }

    void leave() { finish_record(true); }

    Stream stream_;
    asio::steady_timer timer_;
    Shared& shared_;
    beast::flat_buffer buffer_;
    std::optional<http::request_parser<http::string_body>> parser_;
    WritePlan plan_;
    std::size_t next_write_ = 0;
    std::chrono::milliseconds gap_{0};
    std::shared_ptr<Record> record_;
    std::uint64_t number_ = 0;
    bool answering_ = false;
    bool in_flight_ = false;
    bool closing_ = false;
    bool gone_ = false;
    bool told_to_continue_ = false;
};

}  // namespace

class Server::Listener {
public:
    Listener(const ServerOptions& options, Service& service)
        : signals_(context_, SIGINT, SIGTERM), acceptor_(context_), shared_{service, {}} {
        if (!options.certificate.empty()) {
            tls_.emplace(asio::ssl::context::tls_server);
            tls_->use_certificate_chain_file(options.certificate);
            tls_->use_private_key_file(options.private_key, asio::ssl::context::pem);
        }
        const tcp::endpoint endpoint(asio::ip::make_address(options.host), options.port);
        acceptor_.open(endpoint.protocol());
        acceptor_.set_option(asio::socket_base::reuse_address(true));
        acceptor_.bind(endpoint);
        acceptor_.listen(asio::socket_base::max_listen_connections);
        signals_.async_wait([this](const boost::system::error_code&, int) { context_.stop(); });
        accept();
    }

    [[nodiscard]] std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
    void run() { context_.run(); }

    void end_with(int process_descriptor) {
        watched_.emplace(context_, process_descriptor);
        watched_->async_wait(asio::posix::stream_descriptor::wait_read, [this](const boost::system::error_code& error) {
            if (!error) {
                context_.stop();
            }
        });
    }

private:
    void accept() {
        acceptor_.async_accept([this](const boost::system::error_code& error, tcp::socket socket) {
            if (!error) {
                if (tls_) {
                    using TlsStream = asio::ssl::stream<tcp::socket>;
                    std::make_shared<Connection<TlsStream>>(TlsStream(std::move(socket), *tls_), shared_)->start();
                } else {
                    std::make_shared<Connection<tcp::socket>>(std::move(socket), shared_)->start();
                }
            } else if (error == asio::error::no_descriptors) {
                retry_.expires_after(std::chrono::milliseconds(50));
                retry_.async_wait([this](const boost::system::error_code&) { accept(); });
                return;
            }
            accept();
        });
    }

    asio::io_context context_{1};
    asio::signal_set signals_;
    tcp::acceptor acceptor_;
    asio::steady_timer retry_{context_};
    std::optional<asio::posix::stream_descriptor> watched_;
    std::optional<asio::ssl::context> tls_;
    Shared shared_;
};

Server::Server(ServerOptions options, Service& service) : listener_(std::make_unique<Listener>(options, service)) {}
Server::~Server() = default;

std::uint16_t Server::port() const noexcept { return listener_->port(); }

void Server::end_with(int process_descriptor) { listener_->end_with(process_descriptor); }

void Server::run() { listener_->run(); }

}  // namespace emulator
