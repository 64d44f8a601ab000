#include "net/curl_transport.hpp"

#include "net/curl_transfer.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <mutex>
#include <utility>

namespace cortex::net {
namespace {

// Handles kept for the next requests; the burst above it pays for its own. An idle handle has some 6 KiB.
constexpr std::size_t max_idle_handles = 256;

// As other clients do; beyond it one lost packet would stall too many answers at once.
constexpr long max_streams_per_connection = 8;

void initialise_curl_once() {
    static std::once_flag done;
    std::call_once(done, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
}

}  // namespace

class CurlTransport::Impl final : private IoHandler {
public:
    Impl(Reactor& reactor, TransportOptions options);
    ~Impl();
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;

    TransferId send(HttpRequest request, HttpSink& sink);
    void cancel(TransferId id) noexcept;
    std::size_t active() const noexcept { return active_; }

private:
    struct Slot {
        std::unique_ptr<CurlTransfer> transfer = {};
        TimerId deadline = 0;
        std::uint32_t generation = 1;
        bool used = false;
        bool added = false;      // libcurl has it
        bool cancelled = false;  // from inside a callback: leaves as soon as libcurl has returned
    };
    struct Socket {
        bool ours = false;    // opened by `open_socket`: its closing will be told by `close_socket`
        bool wanted = false;  // libcurl wants to hear of it
    };
    /// libcurl must not be called from inside its own callbacks: while one of these lives, requests wait.
    struct InsideCurl {
        explicit InsideCurl(Impl& impl) noexcept : impl_(impl) { ++impl_.inside_; }
        ~InsideCurl() { --impl_.inside_; }
        InsideCurl(const InsideCurl&) = delete;
        InsideCurl& operator=(const InsideCurl&) = delete;
        Impl& impl_;
    };

    void on_ready(int fd, Readiness ready) noexcept override;
    void act(curl_socket_t fd, int mask);
    void settle();
    Slot* find(TransferId id) noexcept;
    TransferId id_of(std::uint32_t index) const noexcept {
        return (TransferId{slots_[index].generation} << 32U) | index;
    }
    std::uint32_t take_slot();
    void start(std::uint32_t index);
    void fail_later(std::uint32_t index, ErrorInfo error);
    void schedule_deadline(std::uint32_t index);
    void on_deadline(TransferId id);
    void finish(std::uint32_t index, Result<void> result);
    HttpSink* let_go(std::uint32_t index) noexcept;
    void set_timer(long milliseconds);
    void on_timer();
    Socket& socket_of(curl_socket_t fd);

    static int timer_wanted(CURLM*, long milliseconds, void* self) noexcept;
    static int socket_wanted(CURL*, curl_socket_t fd, int what, void* self, void*) noexcept;
    static curl_socket_t open_socket(void* self, curlsocktype purpose, curl_sockaddr* address) noexcept;
    static int close_socket(void* self, curl_socket_t fd) noexcept;

    Reactor& reactor_;
    const TransferSettings settings_;
    CURLM* multi_ = nullptr;
    int inside_ = 0;
    std::size_t active_ = 0;
    std::size_t idle_handles_ = 0;
    std::vector<Slot> slots_ = {};
    std::vector<std::uint32_t> free_ = {};
    std::vector<std::uint32_t> to_start_ = {};  // sent from inside a callback
    std::vector<std::uint32_t> to_drop_ = {};   // cancelled from inside a callback
    std::vector<Socket> sockets_ = {};          // by descriptor
    TimerId timer_ = 0;
    SteadyTime timer_at_ = {};
    std::optional<SteadyTime> timer_due_ = {};  // what libcurl last asked for
};

CurlTransport::Impl::Impl(Reactor& reactor, TransportOptions options)
    : reactor_(reactor), settings_(read_settings(std::move(options))) {
    initialise_curl_once();
    multi_ = curl_multi_init();
    if (multi_ == nullptr) return;
    curl_multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, &Impl::socket_wanted);
    curl_multi_setopt(multi_, CURLMOPT_SOCKETDATA, static_cast<void*>(this));
    curl_multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, &Impl::timer_wanted);
    curl_multi_setopt(multi_, CURLMOPT_TIMERDATA, static_cast<void*>(this));
    curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, static_cast<long>(settings_.options.max_connections));
    curl_multi_setopt(multi_, CURLMOPT_PIPELINING, settings_.options.http2 ? CURLPIPE_MULTIPLEX : CURLPIPE_NOTHING);
    curl_multi_setopt(multi_, CURLMOPT_MAX_CONCURRENT_STREAMS, max_streams_per_connection);
}

CurlTransport::Impl::~Impl() {
    for (Slot& slot : slots_) {
        reactor_.cancel_timer(slot.deadline);
        if (slot.added) curl_multi_remove_handle(multi_, slot.transfer->easy());
        slot.added = false;
    }
    slots_.clear();
    curl_multi_cleanup(multi_);
    reactor_.cancel_timer(timer_);
}

TransferId CurlTransport::Impl::send(HttpRequest request, HttpSink& sink) {
    const std::uint32_t index = take_slot();
    if (!slots_[index].transfer)
        slots_[index].transfer =
            CurlTransfer::create(settings_, reactor_, this, &Impl::open_socket, &Impl::close_socket);
    if (!slots_[index].transfer || multi_ == nullptr) throw std::bad_alloc();
    slots_[index].transfer->slot = index;
    if (auto prepared = slots_[index].transfer->prepare(std::move(request), sink); !prepared) {
        fail_later(index, std::move(prepared).error());
        return id_of(index);
    }
    schedule_deadline(index);
    if (inside_ > 0)
        to_start_.push_back(index);
    else
        start(index);
    return id_of(index);
}

void CurlTransport::Impl::cancel(TransferId id) noexcept {
    Slot* const slot = find(id);
    if (slot == nullptr || slot->cancelled) return;
    slot->transfer->detach();
    const auto index = static_cast<std::uint32_t>(id & 0xFFFFFFFFU);
    if (inside_ == 0) {
        let_go(index);
        return;
    }
    slot->cancelled = true;
    to_drop_.push_back(index);  // room was reserved when the slot was made
}

CurlTransport::Impl::Slot* CurlTransport::Impl::find(TransferId id) noexcept {
    const std::size_t index = id & 0xFFFFFFFFU;
    if (index >= slots_.size() || !slots_[index].used || slots_[index].generation != id >> 32U) return nullptr;
    return &slots_[index];
}

std::uint32_t CurlTransport::Impl::take_slot() {
    if (free_.empty()) {
        slots_.emplace_back();
        free_.reserve(slots_.size());
        to_drop_.reserve(slots_.size());
        free_.push_back(static_cast<std::uint32_t>(slots_.size() - 1));
    }
    const std::uint32_t index = free_.back();
    free_.pop_back();
    Slot& slot = slots_[index];
    if (slot.transfer) --idle_handles_;
    slot.used = true;
    slot.added = false;
    slot.cancelled = false;
    ++active_;
    return index;
}

void CurlTransport::Impl::start(std::uint32_t index) {
    const InsideCurl guard(*this);
    Slot& slot = slots_[index];
    const CURLMcode code = curl_multi_add_handle(multi_, slot.transfer->easy());
    slot.added = code == CURLM_OK;
    if (slot.added) return;
    ErrorInfo error;
    error.message = std::string("the request could not be started: ") + curl_multi_strerror(code) + ".";
    fail_later(index, std::move(error));
}

void CurlTransport::Impl::fail_later(std::uint32_t index, ErrorInfo error) {
    reactor_.cancel_timer(slots_[index].deadline);
    slots_[index].deadline =
        reactor_.add_timer(reactor_.clock().now(), [this, index, error = std::move(error)]() mutable {
            slots_[index].deadline = 0;
            finish(index, std::move(error));
        });
}

void CurlTransport::Impl::schedule_deadline(std::uint32_t index) {
    Slot& slot = slots_[index];
    const auto when = slot.transfer->next_check(reactor_.clock().now());
    slot.deadline = when ? reactor_.add_timer(*when, [this, id = id_of(index)] { on_deadline(id); }) : 0;
}

void CurlTransport::Impl::on_deadline(TransferId id) {
    Slot* const slot = find(id);
    if (slot == nullptr) return;
    slot->deadline = 0;
    const auto index = static_cast<std::uint32_t>(id & 0xFFFFFFFFU);
    if (auto error = slot->transfer->expired(reactor_.clock().now()))
        finish(index, std::move(*error));
    else
        schedule_deadline(index);
}

/// Ends a transfer and frees its slot before the sink hears of it: the sink may send the next request from there.
void CurlTransport::Impl::finish(std::uint32_t index, Result<void> result) {
    HttpSink* const sink = let_go(index);
    if (sink != nullptr) sink->on_end(std::move(result));
}

/// Removing a handle that is under way closes its connection (or resets its HTTP/2 stream).
HttpSink* CurlTransport::Impl::let_go(std::uint32_t index) noexcept {
    const InsideCurl guard(*this);
    Slot& slot = slots_[index];
    if (slot.added) curl_multi_remove_handle(multi_, slot.transfer->easy());
    reactor_.cancel_timer(slot.deadline);
    slot.deadline = 0;
    slot.added = false;
    slot.used = false;
    ++slot.generation;
    HttpSink* const sink = slot.transfer->release();
    if (idle_handles_ < max_idle_handles)
        ++idle_handles_;
    else
        slot.transfer.reset();
    free_.push_back(index);
    --active_;
    return sink;
}

void CurlTransport::Impl::act(curl_socket_t fd, int mask) {
    {
        const InsideCurl guard(*this);
        int running = 0;
        curl_multi_socket_action(multi_, fd, mask, &running);
    }
    settle();
}

/// Does what could not be done inside libcurl's callbacks, and reports what ended.
void CurlTransport::Impl::settle() {
    while (true) {
        while (!to_drop_.empty()) {
            const std::uint32_t index = to_drop_.back();
            to_drop_.pop_back();
            std::erase(to_start_, index);
            let_go(index);
        }
        for (const std::uint32_t index : to_start_) start(index);
        to_start_.clear();
        int left = 0;
        const CURLMsg* const message = curl_multi_info_read(multi_, &left);
        if (message == nullptr) return;
        if (message->msg != CURLMSG_DONE) continue;
        char* owner = nullptr;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &owner);
        const CurlTransfer& transfer = *static_cast<const CurlTransfer*>(static_cast<const void*>(owner));
        finish(transfer.slot, transfer.outcome(message->data.result));
    }
}

void CurlTransport::Impl::on_ready(int fd, Readiness ready) noexcept {
    if (!socket_of(fd).wanted) {
        // An idle connection of the pool: the server closed it, and libcurl will see that when it wants to use it.
        reactor_.unwatch(fd);
        return;
    }
    int mask = 0;
    if (ready.readable) mask |= CURL_CSELECT_IN;
    if (ready.writable) mask |= CURL_CSELECT_OUT;
    if (ready.failed) mask |= CURL_CSELECT_ERR;
    act(fd, mask);
}

/// libcurl changes its wish often and mostly to something later: the timer of the reactor is left alone as long as it
/// does not ring too late.
void CurlTransport::Impl::set_timer(long milliseconds) {
    if (milliseconds < 0) {
        timer_due_.reset();
        return;
    }
    const SteadyTime when = reactor_.clock().now() + std::chrono::milliseconds(milliseconds);
    timer_due_ = when;
    if (timer_ != 0 && timer_at_ <= when) return;
    timer_at_ = when;
    if (timer_ == 0 || !reactor_.move_timer(timer_, when)) timer_ = reactor_.add_timer(when, [this] { on_timer(); });
}

void CurlTransport::Impl::on_timer() {
    timer_ = 0;
    if (!timer_due_) return;
    if (*timer_due_ > reactor_.clock().now()) {
        timer_at_ = *timer_due_;
        timer_ = reactor_.add_timer(timer_at_, [this] { on_timer(); });
        return;
    }
    timer_due_.reset();
    act(CURL_SOCKET_TIMEOUT, 0);
}

CurlTransport::Impl::Socket& CurlTransport::Impl::socket_of(curl_socket_t fd) {
    const auto index = static_cast<std::size_t>(fd);
    if (index >= sockets_.size()) sockets_.resize(index + 1);
    return sockets_[index];
}

int CurlTransport::Impl::timer_wanted(CURLM*, long milliseconds, void* self) noexcept {
    static_cast<Impl*>(self)->set_timer(milliseconds);
    return 0;
}

/// Between two requests libcurl lets go of a kept connection's socket and asks for it again: the watch on a socket of
/// ours stays, which saves two system calls a request. Its own helper sockets are closed without a word, so theirs go
/// at once.
int CurlTransport::Impl::socket_wanted(CURL*, curl_socket_t fd, int what, void* self, void*) noexcept {
    Impl& impl = *static_cast<Impl*>(self);
    Socket& socket = impl.socket_of(fd);
    socket.wanted = what != CURL_POLL_REMOVE;
    if (socket.wanted) {
        const Readiness wanted{
            .readable = (what & CURL_POLL_IN) != 0, .writable = (what & CURL_POLL_OUT) != 0, .failed = false};
        return impl.reactor_.watch(fd, wanted, impl) ? 0 : -1;
    }
    if (!socket.ours) impl.reactor_.unwatch(fd);
    return 0;
}

curl_socket_t CurlTransport::Impl::open_socket(void* self, curlsocktype, curl_sockaddr* address) noexcept {
    const int fd = socket(address->family, address->socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, address->protocol);
    if (fd >= 0) static_cast<Impl*>(self)->socket_of(fd) = {.ours = true, .wanted = false};
    return fd;
}

int CurlTransport::Impl::close_socket(void* self, curl_socket_t fd) noexcept {
    Impl& impl = *static_cast<Impl*>(self);
    impl.reactor_.unwatch(fd);
    impl.socket_of(fd) = {};
    return close(fd);
}

CurlTransport::CurlTransport(Reactor& reactor, TransportOptions options)
    : impl_(std::make_unique<Impl>(reactor, std::move(options))) {}

CurlTransport::~CurlTransport() = default;

TransferId CurlTransport::send(HttpRequest request, HttpSink& sink) { return impl_->send(std::move(request), sink); }

void CurlTransport::cancel(TransferId id) noexcept { impl_->cancel(id); }

std::size_t CurlTransport::active() const noexcept { return impl_->active(); }

}  // namespace cortex::net
