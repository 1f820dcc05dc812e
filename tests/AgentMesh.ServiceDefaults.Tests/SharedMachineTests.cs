using System.Reflection;
using AgentMesh.ServiceDefaults.Tests.Telemetry;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.Internal;

namespace AgentMesh.ServiceDefaults.Tests;

/// <summary>What a process' pool is for a moment: alone, and put back.</summary>
[Collection(nameof(AloneCollection))]
public sealed class SharedMachineTests : IDisposable
{
    private const string Variable = "DOTNET_ThreadPool_ForceMinWorkerThreads";

    private static readonly string Own = Assembly.GetEntryAssembly()!.GetName().Name!;

    private readonly (int Threads, int Waiting) _before = Min();

    public static TheoryData<string, string, string?, bool> Cases => new()
    {
        { Environments.Development, Own, null, true },
        { Environments.Development, Own, "2", false },
        { Environments.Development, "AgentMesh.Another", null, false },
        { Environments.Staging, Own, null, false },
        { Environments.Production, Own, null, false },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Pool_IsSmaller_WhereAllProcessesShareOneMachine(string environment, string application, string? said, bool isSmaller)
    {
        ThreadPool.SetMinThreads(Environment.ProcessorCount, _before.Waiting);
        ThreadPool.GetMaxThreads(out var most, out var mostWaiting);
        Environment.SetEnvironmentVariable(Variable, said);

        SharedMachine.Share(new HostingEnvironment { EnvironmentName = environment, ApplicationName = application });

        Assert.Equal(isSmaller ? Math.Max(1, Environment.ProcessorCount / 2) : Environment.ProcessorCount, Min().Threads);
        ThreadPool.GetMaxThreads(out var mostAfter, out var mostWaitingAfter);
        Assert.Equal((most, mostWaiting), (mostAfter, mostWaitingAfter));
    }

    public void Dispose()
    {
        Environment.SetEnvironmentVariable(Variable, null);
        ThreadPool.SetMinThreads(_before.Threads, _before.Waiting);
    }

    private static (int Threads, int Waiting) Min()
    {
        ThreadPool.GetMinThreads(out var threads, out var waiting);
        return (threads, waiting);
    }
}
