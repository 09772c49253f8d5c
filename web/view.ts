/** Draws particles as spheres in their box, from the simulation's own buffers. */
import type { DeviceParticles } from "../src/browser.ts";
import shader from "./particles.wgsl";

export interface Scene {
  particles: DeviceParticles;
  dimension: number;
  /** N: particles of the first replica are drawn. */
  drawn: number;
  /** The radius of mass 1 over the side. */
  radius: number;
}

const depthFormat = "depth24plus";

/** The scene with buffers of its own, to be looked at when those of the simulation are gone. */
export function copyOf(scene: Scene): Scene {
  const { device, place, mass, id, slots } = scene.particles;
  const encoder = device.createCommandEncoder();
  const copy = (from: GPUBuffer) => {
    const to = device.createBuffer({ size: from.size, usage: from.usage });
    encoder.copyBufferToBuffer(from, 0, to, 0, from.size);
    return to;
  };
  const particles = { device, place: copy(place), mass: copy(mass), id: copy(id), slots };
  device.queue.submit([encoder.finish()]);
  return { ...scene, particles };
}

export class View {
  readonly #canvas: HTMLCanvasElement;
  readonly #context: GPUCanvasContext;
  #device: GPUDevice | null = null;
  #pipelines: { spheres: GPURenderPipeline; box: GPURenderPipeline } | null = null;
  #camera: GPUBuffer | null = null;
  #depth: GPUTexture | null = null;
  #yaw = 0.6;
  #pitch = 0.4;
  #distance = 1.8;

  constructor(canvas: HTMLCanvasElement) {
    this.#canvas = canvas;
    this.#context = canvas.getContext("webgpu")!;
    canvas.addEventListener("pointerdown", (event) => canvas.setPointerCapture(event.pointerId));
    canvas.addEventListener("pointermove", (event) => {
      if (canvas.hasPointerCapture(event.pointerId)) this.turn(event.movementX / 150, event.movementY / 150);
    });
    canvas.addEventListener("wheel", (event) => {
      event.preventDefault();
      this.zoom(event.deltaY / 800);
    });
    const turns: Record<string, [number, number]> = {
      ArrowLeft: [-0.1, 0],
      ArrowRight: [0.1, 0],
      ArrowUp: [0, -0.1],
      ArrowDown: [0, 0.1],
    };
    canvas.addEventListener("keydown", ({ key }) => {
      if (key in turns) this.turn(...turns[key]);
      if (key === "+" || key === "-") this.zoom(key === "+" ? -0.1 : 0.1);
    });
  }

  turn(yaw: number, pitch: number): void {
    this.#yaw += yaw;
    this.#pitch = Math.max(-1.5, Math.min(1.5, this.#pitch + pitch));
  }

  zoom(by: number): void {
    this.#distance = Math.max(0.4, Math.min(6, this.#distance * Math.exp(by)));
  }

  draw({ particles, dimension, drawn, radius }: Scene): void {
    const { device, place, mass, id, slots } = particles;
    this.#prepare(device);
    const { spheres, box } = this.#pipelines!;
    device.queue.writeBuffer(this.#camera!, 0, this.#lens(radius));
    device.queue.writeBuffer(this.#camera!, 96, new Uint32Array([dimension, drawn]));
    const bind = (pipeline: GPURenderPipeline, buffers: GPUBuffer[]) =>
      device.createBindGroup({
        layout: pipeline.getBindGroupLayout(0),
        entries: buffers.map((buffer, binding) => ({ binding, resource: { buffer } })),
      });
    const encoder = device.createCommandEncoder();
    const pass = encoder.beginRenderPass({
      colorAttachments: [
        {
          view: this.#context.getCurrentTexture().createView(),
          clearValue: [0, 0, 0, 0],
          loadOp: "clear",
          storeOp: "store",
        },
      ],
      depthStencilAttachment: {
        view: this.#depth!.createView(),
        depthClearValue: 1,
        depthLoadOp: "clear",
        depthStoreOp: "discard",
      },
    });
    pass.setPipeline(box);
    pass.setBindGroup(0, bind(box, [this.#camera!]));
    pass.draw(24);
    pass.setPipeline(spheres);
    pass.setBindGroup(0, bind(spheres, [this.#camera!, place, mass, id]));
    pass.draw(6, slots);
    pass.end();
    device.queue.submit([encoder.finish()]);
  }

  /** Pipelines on a new device, textures of a new size. */
  #prepare(device: GPUDevice): void {
    const { clientWidth, clientHeight } = this.#canvas;
    const width = Math.max(1, Math.round(clientWidth * devicePixelRatio));
    const height = Math.max(1, Math.round(clientHeight * devicePixelRatio));
    const isResized = this.#canvas.width !== width || this.#canvas.height !== height;
    if (this.#device === device && !isResized && this.#depth !== null) return;
    this.#canvas.width = width;
    this.#canvas.height = height;
    if (this.#device !== device) {
      this.#device = device;
      const format = navigator.gpu.getPreferredCanvasFormat();
      this.#context.configure({ device, format, alphaMode: "premultiplied" });
      this.#pipelines = makePipelines(device, format);
      const usage = GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST;
      this.#camera = device.createBuffer({ size: 112, usage });
    }
    this.#depth?.destroy();
    const usage = GPUTextureUsage.RENDER_ATTACHMENT;
    this.#depth = device.createTexture({ size: [width, height], format: depthFormat, usage });
  }

  /** The uniform's first 24 numbers: from places around the middle of the box to the screen by columns, right, up with the radius. */
  #lens(radius: number): Float32Array<ArrayBuffer> {
    const [sy, cy, sp, cp] = [
      Math.sin(this.#yaw),
      Math.cos(this.#yaw),
      Math.sin(this.#pitch),
      Math.cos(this.#pitch),
    ];
    const right = [cy, 0, -sy];
    const up = [sy * sp, cp, cy * sp];
    const back = [sy * cp, -sp, cy * cp];
    const [near, far, zoom] = [0.05, 12, 1.6];
    const aspect = this.#canvas.width / this.#canvas.height;
    const [a, b] = [far / (near - far), (near * far) / (near - far)];
    const column = (k: number) => [
      (zoom / Math.max(1, aspect)) * right[k],
      zoom * Math.min(1, aspect) * up[k],
      a * back[k],
      -back[k],
    ];
    const last = [0, 0, b - a * this.#distance, this.#distance];
    return new Float32Array([...column(0), ...column(1), ...column(2), ...last, ...right, 0, ...up, radius]);
  }
}

function makePipelines(device: GPUDevice, format: GPUTextureFormat) {
  const module = device.createShaderModule({ code: shader });
  const make = (name: string, topology: GPUPrimitiveTopology) =>
    device.createRenderPipeline({
      layout: "auto",
      vertex: { module, entryPoint: `${name}_vertex` },
      fragment: { module, entryPoint: `${name}_fragment`, targets: [{ format }] },
      primitive: { topology },
      depthStencil: { format: depthFormat, depthWriteEnabled: true, depthCompare: "less" },
    });
  return { spheres: make("sphere", "triangle-list"), box: make("box", "line-list") };
}
