//! What a caller chains and awaits: one builder per command, each an `IntoFuture`.

mod run_command;

pub use run_command::RunCommand;

/// The options every builder takes for its one call. For an `impl` block of a struct with a field
/// `options: Arc<Options>`.
macro_rules! call_options {
    () => {
        /// One time limit for this call: all of its requests, retries and waits.
        #[must_use]
        pub fn timeout(self, timeout: std::time::Duration) -> Self {
            self.with_options(|options| options.timeout(timeout))
        }

        /// Other options for this call only.
        #[must_use]
        pub fn with_options(
            mut self,
            change: impl FnOnce(crate::options::Options) -> crate::options::Options,
        ) -> Self {
            let options = crate::options::Options::clone(&self.options);
            self.options = std::sync::Arc::new(change(options));
            self
        }
    };
}
pub(crate) use call_options;
