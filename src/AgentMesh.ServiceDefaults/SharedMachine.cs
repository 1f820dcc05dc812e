using System.Reflection;
using Microsoft.Extensions.Hosting;

namespace AgentMesh.ServiceDefaults;

/// <summary>
/// Threads of a service in Development, where all processes of the mesh are on one machine and a message is in one of them at a time: half as many for its pool
/// as the machine has processors. As many as there are, which is .NET's choice, are woken for work that one has done before the next one is there. Measured on
/// two processors: a sixth of the gateway's CPU (<c>bench/README.md</c>). The pool still adds threads for those that wait, and when its queue stands still.
/// </summary>
internal static class SharedMachine
{
    // As .NET reads them: whoever sets one knows the machine.
    private static readonly string[] Variables = ["DOTNET_ThreadPool_ForceMinWorkerThreads", "DOTNET_ThreadPool_ForceMaxWorkerThreads"];

    /// <summary>Makes the pool smaller where that is so, and nobody has said how large it is to be.</summary>
    public static void Share(IHostEnvironment environment)
    {
        // In a process that hosts services beside others, tests say, the pool is not theirs.
        var isOwnProcess = Assembly.GetEntryAssembly()?.GetName().Name == environment.ApplicationName;
        if (environment.IsDevelopment() && isOwnProcess && Array.TrueForAll(Variables, name => Environment.GetEnvironmentVariable(name) is null))
            Keep(Math.Max(1, Environment.ProcessorCount / 2));
    }

    private static void Keep(int threads)
    {
        ThreadPool.GetMinThreads(out _, out var waiting);
        ThreadPool.GetMaxThreads(out var most, out var mostWaiting);
        // How many work is decided anew when there may not be as many; a smaller minimum alone changes nothing.
        ThreadPool.SetMinThreads(threads, waiting);
        ThreadPool.SetMaxThreads(threads, mostWaiting);
        ThreadPool.SetMaxThreads(most, mostWaiting);
    }
}
