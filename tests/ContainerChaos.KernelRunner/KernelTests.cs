using System.Reflection;
using Xunit;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace ContainerChaos.KernelRunner;

/// <summary>Discovers and runs an assembly's Category=Kernel tests by xunit's own framework, one after the other, in this process.</summary>
internal static class KernelTests
{
    public static void Run(Assembly assembly, Results results)
    {
        using var framework = new XunitTestFramework(new Xunit.Sdk.NullMessageSink());
        var options = new Options();
        options.SetValue("xunit.discovery.PreEnumerateTheories", true);
        options.SetValue("xunit.execution.DisableParallelization", true);
        options.SetValue("xunit.execution.SynchronousMessageReporting", true);

        using var sink = new Sink(results);
        using var discoverer = framework.GetDiscoverer(Reflector.Wrap(assembly));
        discoverer.Find(includeSourceInformation: false, sink, options);
        sink.Finished.WaitOne();

        using var executor = framework.GetExecutor(assembly.GetName());
        executor.RunTests(sink.KernelCases, sink, options);
        sink.Finished.WaitOne();
    }

    private sealed class Options : ITestFrameworkDiscoveryOptions, ITestFrameworkExecutionOptions
    {
        private readonly Dictionary<string, object?> values = [];

        public T GetValue<T>(string name) => values.TryGetValue(name, out var value) ? (T)value! : default!;

        public void SetValue<T>(string name, T value) => values[name] = value;
    }

    private sealed class Sink(Results results) : LongLivedMarshalByRefObject, IMessageSink, IDisposable
    {
        public AutoResetEvent Finished { get; } = new(false);

        public List<ITestCase> KernelCases { get; } = [];

        public bool OnMessage(IMessageSinkMessage message)
        {
            switch (message)
            {
                case ITestCaseDiscoveryMessage found:
                    if (found.TestCase.Traits.TryGetValue("Category", out var categories) && categories.Contains("Kernel")
                        && found.TestCase.DisplayName.Contains(Environment.GetEnvironmentVariable("CONTAINERCHAOS_TESTS") ?? "", StringComparison.Ordinal))
                    {
                        KernelCases.Add(found.TestCase);
                    }

                    break;
                case ITestPassed passed:
                    results.Add(passed.Test, passed.ExecutionTime);
                    break;
                case ITestSkipped skipped:
                    results.AddSkipped(skipped.Test, skipped.Reason);
                    break;
                case ITestFailed failed:
                    results.AddFailed(failed.Test, failed.ExecutionTime, failed, failed.Output);
                    break;
                case IErrorMessage error:
                    results.AddError(error);
                    break;
                case ITestClassCleanupFailure failure:
                    results.AddError(failure);
                    break;
                case ITestCollectionCleanupFailure failure:
                    results.AddError(failure);
                    break;
                case IDiscoveryCompleteMessage or ITestAssemblyFinished:
                    Finished.Set();
                    break;
            }

            return true;
        }

        public void Dispose() => Finished.Dispose();
    }
}
