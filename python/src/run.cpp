#include "run.hpp"

#include "config.hpp"
#include "values.hpp"

#include <nanobind/stl/shared_ptr.h>
#include <nanobind/stl/string.h>

#include <stdexcept>

namespace nb = nanobind;

namespace cortex::py {
namespace {

/// The hub of one event loop, as Python holds it: the loop watches `fd` and calls `drain`.
class PyHub {
public:
    PyHub() : hub_(std::make_shared<WakeHub>()) {}
    ~PyHub() { hub_->close(); }
    PyHub(const PyHub&) = delete;
    PyHub& operator=(const PyHub&) = delete;

    const std::shared_ptr<WakeHub>& hub() const noexcept { return hub_; }

    void drain() {
        for (const auto& node : hub_->take()) {
            if (node->waiter == nullptr) continue;   // its consumer is awake and will ask by itself
            const nb::object future = nb::steal(static_cast<PyObject*>(std::exchange(node->waiter, nullptr)));
            if (!nb::cast<bool>(future.attr("done")())) future.attr("set_result")(nb::none());
        }
    }

private:
    std::shared_ptr<WakeHub> hub_;
};

}  // namespace

void PyRun::watch(std::shared_ptr<WakeHub> hub) {
    Run& run = get();
    node_ = std::make_shared<WakeNode>(std::move(hub));
    run.on_ready(&WakeHub::wake, node_.get());
}

nb::object PyRun::take() {
    Run& run = get();
    if (response_) return nb::cast(response_);
    // Until nothing is left, even after the last chunk: only then does the run wake us when it is finished.
    while (auto event = run.try_next()) {
        if (auto* request = std::get_if<KeyRequest>(&*event)) return nb::cast(std::move(*request));
        auto& chunk = std::get<StreamChunk>(*event);
        if (!chunk.is_final) return nb::cast(Chunk{std::move(chunk), nullptr});
        last_ = std::move(chunk);
    }
    if (!run.finished()) return nb::none();
    Response response = run.result();
    if (!last_) return nb::cast(std::move(response));
    response_ = std::make_shared<Response>(std::move(response));
    return nb::cast(Chunk{std::move(*last_), response_});
}

bool PyRun::armed() const {
    if (!node_ || node_->waiter == nullptr) return false;
    return !nb::cast<bool>(nb::handle(static_cast<PyObject*>(node_->waiter)).attr("done")());
}

void PyRun::arm(nb::object future) {
    if (armed()) throw std::runtime_error("another task already waits for this stream: a stream has one reader");
    disarm();
    if (node_) node_->waiter = future.release().ptr();
}

void PyRun::disarm() noexcept {
    if (node_ && node_->waiter != nullptr) Py_DECREF(static_cast<PyObject*>(std::exchange(node_->waiter, nullptr)));
}

nb::object PyRun::wait_next() {
    if (!node_) watch(std::make_shared<WakeHub>());
    const auto hub = node_->hub;
    // The kernel may give a signal to a thread of the engine instead of this one: look often enough for Ctrl-C to feel prompt.
    constexpr int slice_ms = 100;
    for (;;) {
        nb::object item = take();
        if (!item.is_none()) return item;
        {
            const Unlocked unlocked;
            hub->wait(slice_ms);
        }
        Unlocked::check_ending();
        hub->take();
        if (PyErr_CheckSignals() != 0) throw nb::python_error();
    }
}

void PyRun::answer(const std::string& request_id, nb::handle key) {
    get().answer(request_id, key.is_none() ? Secret() : Secret(utf8(key, "api_key")));
}

void PyRun::cancel() { get().cancel(); }

bool PyRun::settled() {
    Run& run = get();
    while (run.try_next()) {
    }
    return run.finished();
}

void PyRun::release() noexcept {
    if (forked()) {
        Handle::release();
        return;
    }
    if (Run* run = peek()) {
        run->on_ready(nullptr, nullptr);
        // A turn that nobody waits for ends here and now, so that its session is free for the next one. The engine only has
        // to close a connection for that, and no thread of the engine needs what this one holds.
        run->cancel();
        while (!run->finished()) {
            while (run->try_next()) {
            }
            if (!run->finished()) run->wait();
        }
    }
    Handle::release();
    disarm();
}

void bind_run(nb::module_& module) {
    nb::class_<KeyRequest>(module, "KeyRequest")
        .def_ro("request_id", &KeyRequest::request_id)
        .def_ro("provider", &KeyRequest::provider);
    nb::class_<PyHub>(module, "Hub")
        .def(nb::init<>())
        .def_prop_ro("fd", [](const PyHub& hub) { return hub.hub()->fd(); })
        .def("drain", &PyHub::drain);
    nb::class_<PyRun>(module, "Run")
        .def("watch", [](PyRun& run, const PyHub& hub) { run.watch(hub.hub()); })
        .def("take", &PyRun::take)
        .def("arm", &PyRun::arm)
        .def("armed", &PyRun::armed)
        .def("wait_next", &PyRun::wait_next)
        .def("answer", &PyRun::answer, nb::arg("request_id"), nb::arg("key").none())
        .def("cancel", &PyRun::cancel)
        .def("settled", &PyRun::settled)
        .def("release", [](PyRun& run) { run.release(); });
}

}  // namespace cortex::py
