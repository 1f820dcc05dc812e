using System.Globalization;

namespace AgentMesh.Bench;

/// <summary>CPU time of a process, or per message; the unit is the caller's.</summary>
internal readonly record struct CpuTime(double User, double System)
{
    public double Total => User + System;

    public static CpuTime operator -(CpuTime left, CpuTime right) => new(left.User - right.User, left.System - right.System);

    public static CpuTime operator *(CpuTime time, double factor) => new(time.User * factor, time.System * factor);
}

/// <summary>What the operating system says a process has used.</summary>
internal static class ProcessUsage
{
    /// <summary>Linux counts CPU time for /proc in hundredths of a second (sysconf(_SC_CLK_TCK)), on every architecture .NET runs on.</summary>
    private const double TicksPerSecond = 100;

    /// <summary>User and system seconds so far: fields 14 and 15 of /proc/PID/stat.</summary>
    public static CpuTime Cpu(int pid)
    {
        var stat = File.ReadAllText($"/proc/{pid}/stat");
        // The name, field 2, may hold blanks; what follows its closing parenthesis does not.
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return new CpuTime(
            long.Parse(fields[11], CultureInfo.InvariantCulture) / TicksPerSecond,
            long.Parse(fields[12], CultureInfo.InvariantCulture) / TicksPerSecond);
    }

    /// <summary>Resident memory, bytes.</summary>
    public static long ResidentBytes(int pid) =>
        File.ReadLines($"/proc/{pid}/status")
            .Where(line => line.StartsWith("VmRSS:", StringComparison.Ordinal))
            .Select(line => long.Parse(line["VmRSS:".Length..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture) * 1024)
            .First();
}
